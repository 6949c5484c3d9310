"""The tables of a run's page: a row for each thing that there is to tell apart."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.html.blocks import Table, Text
from stt_load.html.page import Section
from stt_load.html.tables import MOST_ROWS, tables
from stt_load.report.messages import Language, Messages
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.run_info import ClosedLoop, Stage
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import joined, table
from tests.report.runs import run_of, steady

SAY = Messages("en")


def tables_of(section: Section | None) -> dict[str, Table]:
    assert section is not None
    return {block.caption: block for block in section.blocks if isinstance(block, Table)}


def texts_of(section: Section | None) -> list[str]:
    assert section is not None
    return [block.text for block in section.blocks if isinstance(block, Text)]


def with_users(*users: int, each: int = 10) -> Samples:
    """So many users one after the other, each for `each` s, whose requests take 0.1 s for each user."""
    parts = [
        table(np.arange(each * count) / count + start, 0.1 * count, users=count, first_seq=1_000 * count)
        for count, start in zip(users, range(0, 1_000_000, each), strict=False)
    ]
    return joined(*parts)


def test_a_run_of_one_load_one_process_and_one_length_has_none() -> None:
    assert tables(SAY, run_of(steady())) is None


def test_a_row_for_each_number_of_users() -> None:
    section = tables(SAY, run_of(with_users(2, 4, 8)))
    (found,) = tables_of(section).values()
    assert found.heads[0] == "users"
    assert [row[0] for row in found.rows] == ["2", "4", "8"]
    means = [row[found.heads.index("mean (s)")] for row in found.rows]
    assert means == ["0.200", "0.400", "0.800"]
    assert {len(row) for row in found.rows} == {len(found.heads)}
    assert texts_of(section) == ["* the maximum: fewer than 100 answers"]


def test_of_very_many_users_a_table_has_some_and_says_how_many_are_left_out() -> None:
    section = tables(SAY, run_of(with_users(*range(1, MOST_ROWS + 31), each=1)))
    (found,) = tables_of(section).values()
    assert len(found.rows) == MOST_ROWS
    assert [found.rows[0][0], found.rows[-1][0]] == ["1", str(MOST_ROWS + 30)]
    assert any("30 more" in text for text in texts_of(section))


def staged() -> RunRecord:
    samples = joined(
        table(np.arange(20) / 4, 0.1, users=2), table(10 + np.arange(40) / 8, 0.3, users=4, first_seq=20)
    )
    samples.rows["stage"] = [0] * 20 + [1] * 40
    stages = (Stage(first=2, last=2, for_s=5.0), Stage(first=2, last=4, for_s=5.0))
    return run_of(samples, load=ClosedLoop(users=4, request_delay_s=0.0, stages=stages))


def test_a_row_for_each_stage() -> None:
    (found,) = tables_of(tables(SAY, staged())).values()
    assert found.caption.startswith("By stage")
    assert [row[:3] for row in found.rows] == [("1", "2", "20"), ("2", "2–4", "40")]


def two_workers() -> RunRecord:
    samples = table(np.arange(30), 0.2)
    samples.rows["worker"] = [0] * 10 + [1] * 20
    slow = WorkerHealth(worker=1, loop_lag_p99_s=0.1, cpu_share=0.97, loop_lag_mean_s=0.0123, stalled_s=1.5)
    return run_of(samples, workers=("here_1", "here_2"), generator=Generator(workers=(slow,), rows_lost=0))


def test_a_row_for_each_worker_with_how_its_process_fared() -> None:
    found = tables_of(tables(SAY, two_workers()))["By worker"]
    assert [row[:3] for row in found.rows] == [("here_1", "10", "0"), ("here_2", "20", "0")]
    assert found.rows[0][-3:] == ("n/a", "n/a", "n/a"), "it was not observed"
    assert found.rows[1][-3:] == ("97.0%", "12.30", "1.50")


def test_of_very_many_workers_the_first_ones_are_shown() -> None:
    count = MOST_ROWS + 3
    samples = table(np.arange(count), 0.2)
    samples.rows["worker"] = np.arange(count)
    section = tables(SAY, run_of(samples, workers=tuple(f"w{number}" for number in range(count))))
    assert len(tables_of(section)["By worker"].rows) == MOST_ROWS
    assert "... and 3 more" in texts_of(section)


def with_headers(values: list[str], name: str = "x-served-by") -> RunRecord:
    samples = table(np.arange(len(values)), 0.2)
    told = [json.dumps({name: value}) for value in values]
    texts = tuple(dict.fromkeys(told))
    samples.rows["headers"] = [texts.index(one) for one in told]
    config = Config.model_validate({"api": {"capture_headers": [name]}})
    return run_of(Samples(samples.rows, texts), config)


def test_a_row_for_each_backend_under_the_name_of_its_header() -> None:
    (found,) = tables_of(tables(SAY, with_headers(["gpu-1", "gpu-2", "gpu-2"]))).values()
    assert found.heads[0] == "x-served-by"
    assert sorted(row[:2] for row in found.rows) == [("gpu-1", "1"), ("gpu-2", "2")]


def test_what_a_server_calls_itself_is_one_short_line_of_text() -> None:
    values = ["<script>alert(1)</script>", "line\nend \x1b[31m", "x" * 10_000]
    (found,) = tables_of(tables(SAY, with_headers(values))).values()
    names = [row[0] for row in found.rows]
    assert "<script>alert(1)</script>" in names, "whoever writes HTML escapes it: here it is a text"
    assert all(name.isprintable() and len(name) <= 120 for name in names)


def test_of_very_many_backends_the_first_ones_are_shown() -> None:
    section = tables(SAY, with_headers([f"pod-{number}" for number in range(MOST_ROWS + 7)]))
    (found,) = tables_of(section).values()
    assert len(found.rows) == MOST_ROWS
    assert "... and 7 more" in texts_of(section)


def test_a_row_for_each_length() -> None:
    samples = table(np.arange(40), 0.2, audio_s=[3.0] * 20 + [15.0] * 20)
    section = tables(SAY, run_of(samples))
    (found,) = tables_of(section).values()
    assert [row[0] for row in found.rows] == ["0–5 s", "10–20 s"]
    assert [head for head in found.heads if head != head.strip()] == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_captions_are_headings_of_tables_and_no_line_of_the_console(language: Language) -> None:
    run = replace(two_workers(), samples=with_users(2, 4, 8))
    for caption in tables_of(tables(Messages(language), run)):
        assert caption == caption.strip().rstrip(":")
