"""What a page says of the service, and of what the measurement was judged by."""

from __future__ import annotations

from stt_load.html.blocks import Folded, Items, Pairs, Table, Text
from stt_load.html.findings import findings
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.report.test_accuracy import heard
from tests.report.test_stability import BIRD, BOAT, EXAMPLE, SWAPPED, said_again

SAY = Messages("en")


def test_a_sentence_for_each_finding_and_none_twice() -> None:
    kinds = [ErrorKind.SHED] * 30 + [None] * 70
    section = findings(SAY, run_of(table([float(number) for number in range(100)], 0.5, kind=kinds)))
    assert section is not None
    (found,) = [block for block in section.blocks if isinstance(block, Items)]
    sentences = [sentence for sentence, _ in found.items]
    assert any("30 of 100" in sentence for sentence in sentences)
    assert len(sentences) == len(set(sentences))


def test_where_nothing_stood_out_that_is_said() -> None:
    section = findings(SAY, run_of(steady()))
    assert section is not None
    assert Text("Nothing about the service stood out.") in section.blocks


def test_what_other_sections_tell_of_is_not_nothing() -> None:
    for run in (
        run_of(table([float(number) for number in range(100)], 0.5, kind=[ErrorKind.HTTP_5XX] * 20 + [None] * 80)),
        heard(15, character_edits=60),
    ):
        section = findings(SAY, run)
        assert section is not None
        assert Text("Nothing about the service stood out.") not in section.blocks


def test_every_check_of_the_measurement_is_there_with_its_limits() -> None:
    run = run_of(steady())
    section = findings(SAY, run)
    assert section is not None
    (folded,) = [block for block in section.blocks if isinstance(block, Folded)]
    (found,) = folded.blocks
    assert isinstance(found, Table)
    assert [row[0] for row in found.rows] == [SAY(f"check.{check.name}") for check in run.summary.validity.checks]
    cpu = next(row for row in found.rows if row[0] == "the load generator's CPU")
    assert cpu == ("the load generator's CPU", "10.0%", "80.0%", "95.0%", "VALID")
    changes = next(row for row in found.rows if row[0] == "unasked changes of the load")
    assert changes == ("unasked changes of the load", "0", "0", "–", "VALID"), "a count, with one limit"
    in_flight = next(row for row in found.rows if row[0] == "requests in flight against the rows")
    assert in_flight == ("requests in flight against the rows", "n/a", "–", "5.0%", "n/a")


def test_what_was_heard_otherwise_when_it_was_said_again_is_shown_beside_the_first_answer() -> None:
    section = findings(SAY, said_again(*SWAPPED, examples=(EXAMPLE,)))
    assert section is not None
    folded = {block.summary: block for block in section.blocks if isinstance(block, Folded)}
    (pairs,) = folded["Answers to clips that were said again, beside the first ones"].blocks
    assert isinstance(pairs, Pairs)
    (pair,) = pairs.pairs
    assert " ".join(word for word, _ in pair.said) == BOAT
    assert " ".join(word for word, _ in pair.heard) == BIRD
    assert pair.about.startswith("Request 40")
