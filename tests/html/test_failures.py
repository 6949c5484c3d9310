"""What did not succeed, as a plot and a table."""

from __future__ import annotations

import numpy as np

from stt_load.html.blocks import Table, Text
from stt_load.html.document import document
from stt_load.html.failures import LONGEST_MESSAGE, MOST_MESSAGES, failures
from stt_load.html.page import Page, Section
from stt_load.html.plot import Plot
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from tests.factory import joined, table
from tests.html.reading import Reader
from tests.report.runs import run_of, steady

EN = Messages("en")
KINDS: list[ErrorKind | None] = [
    *[ErrorKind.HTTP_5XX] * 8,
    *[ErrorKind.SHED] * 4,
    *[ErrorKind.BAD_JSON] * 3,
    *[ErrorKind.CONNECT] * 2,
    ErrorKind.TLS,
]


def saying(samples: Samples, *texts: str) -> Samples:
    """Each row with one of `texts`, in turn."""
    rows = samples.rows.copy()
    rows["error"] = np.arange(len(rows)) % len(texts)
    return Samples(rows, texts)


def section_of(samples: Samples) -> Section:
    found = failures(EN, run_of(samples))
    assert found is not None
    return found


def parts(samples: Samples) -> tuple[Plot, Table]:
    plot, messages = section_of(samples).blocks[:2]
    assert isinstance(plot, Plot)
    assert isinstance(messages, Table)
    return plot, messages


def test_where_all_succeeded_there_is_nothing_to_say() -> None:
    assert failures(EN, run_of(steady())) is None
    assert failures(EN, run_of(table([], []))) is None
    repeated = joined(steady(), table([3.0], 0.5, phase=Phase.OUTSIDE, kind=ErrorKind.LOST, first_seq=900))
    assert failures(EN, run_of(repeated)) is None


def test_each_kind_is_counted_by_when_it_ended() -> None:
    samples = table(np.arange(18.0), 0.5, kind=KINDS)
    plot, _ = parts(samples)
    assert [(one.name, float(one.y[:-1].sum()), one.role) for one in plot.series] == [
        ("Server error, 5xx", 8.0, "bad"),
        ("Refused under load, 429 or 503", 4.0, "second"),
        ("Answer is not JSON", 3.0, "third"),
        ("Other kinds", 3.0, "quiet"),
    ]
    shed = plot.series[1]
    assert shed.x[:-1][shed.y[:-1] > 0].min() >= 7
    assert len(plot.table.heads) == 6
    assert sum(int(cell) for row in plot.table.rows for cell in row[1:]) == 18
    assert plot.about.startswith("18 requests that failed")
    assert plot.y.label == "Failures per 0.5 s"
    assert "Server error, 5xx" in plot.about


def test_each_text_is_a_row_with_when_it_came() -> None:
    five = [ErrorKind.HTTP_5XX] * 5
    samples = saying(table(np.arange(5.0), 0.5, kind=[*five]), "overloaded", "no GPU")
    _, messages = parts(samples)
    assert messages.rows == (
        ("Server error, 5xx", "overloaded", "3", "0", "0.5", "4.5"),
        ("Server error, 5xx", "no GPU", "2", "0", "1.5", "3.5"),
    )


def test_the_warm_up_is_counted_beside_what_was_measured() -> None:
    warm = table([-3.0, -2.0], 0.5, phase=Phase.WARMUP, kind=ErrorKind.CONNECT, first_seq=90)
    _, messages = parts(joined(warm, table([1.0, 2.0], 0.5, kind=[ErrorKind.CONNECT, None])))
    assert messages.heads[2:4] == ("Measured", "In no figure")
    assert messages.rows == (("No connection", "", "1", "2", "-2.5", "1.5"),)


def test_what_was_cut_off_is_named_as_such() -> None:
    """It is no failure: it stands in the table, and in no plot."""
    cut = table(np.arange(9.0), 0.5, kind=[*[None] * 5, ErrorKind.SHED, *[ErrorKind.CANCELLED] * 3])
    plot, messages = parts(cut)
    assert [(row[0], row[2]) for row in messages.rows] == [
        ("Cut off when the run ended", "3"),
        ("Refused under load, 429 or 503", "1"),
    ]
    assert [one.name for one in plot.series] == ["Refused under load, 429 or 503"]
    alone = section_of(table([1.0, 2.0], 0.5, kind=[ErrorKind.CANCELLED, None]))
    assert [type(block) for block in alone.blocks] == [Table]


def test_the_most_frequent_texts_of_a_kind_come_first() -> None:
    samples = saying(table(np.arange(9.0), 0.5, kind=ErrorKind.HTTP_5XX), "once", "often")
    samples.rows["error"][1:] = 1
    assert [(row[1], row[2]) for row in parts(samples)[1].rows] == [("often", "8"), ("once", "1")]


def test_a_server_that_says_something_new_each_time_fills_no_page() -> None:
    texts = [f"request {number} failed" for number in range(500)]
    section = section_of(saying(table(np.arange(500.0), 0.5, kind=ErrorKind.HTTP_5XX), *texts))
    messages, more = section.blocks[1:]
    assert isinstance(messages, Table)
    assert len(messages.rows) == MOST_MESSAGES
    assert more == Text("And 470 other messages, which the result file has.")


def test_texts_are_one_harmless_line_of_a_bounded_length() -> None:
    hostile = "\x1b[2J<script>alert(1)</script>\n\u202egnp" + "x" * 10_000
    _, messages = parts(saying(table([0.0], 0.5, kind=ErrorKind.HTTP_4XX), hostile))
    text = messages.rows[0][1]
    assert text.isprintable()
    assert len(text) <= LONGEST_MESSAGE
    assert text.endswith("...")
    assert "<script>alert(1)</script>" in text  # as text: who writes the page escapes it


def test_where_all_ended_at_one_instant_there_is_the_table_alone() -> None:
    section = section_of(table([0.0, 0.0], 0.0, kind=ErrorKind.CONNECT))
    assert [type(block) for block in section.blocks] == [Table]


def test_what_was_said_has_room_in_the_page() -> None:
    """On a phone the other columns would leave it none."""
    rows = saying(table([0.0, 1.0], 0.5, kind=ErrorKind.HTTP_5XX), "short", "a long answer of a server " * 5)
    found = Reader(document(EN, Page("en", "Run", "result.json", (section_of(rows),))))
    assert ["a long answer" in one.text for one in found.all("td") if one.attributes.get("class") == "long"] == [True]
