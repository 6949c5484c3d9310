"""The warm-up on a page."""

from __future__ import annotations

from stt_load.html.blocks import Facts, Pairs, Table, Text
from stt_load.html.warmup import warmup
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind, Phase
from tests.factory import joined, table
from tests.report.runs import run_of, steady

SAY = Messages("en")


def test_a_run_without_one_says_nothing() -> None:
    assert warmup(SAY, run_of(steady(warmup=0))) is None


def test_counts_and_times() -> None:
    section = warmup(SAY, run_of(steady(warmup=10, response_s=0.5)))
    assert section is not None
    facts = next(block for block in section.blocks if isinstance(block, Facts))
    found = {fact.name: fact.value for fact in facts.facts}
    assert found == {
        "Warm-up requests": "10",
        "Failed": "0",
        "Lasted": "2.00 s",
        "Mean response time": "1.000 s",
        "First success after": "1.00 s",
    }


def test_what_failed_is_said_by_kind_the_most_frequent_first() -> None:
    kinds = [ErrorKind.SHED, ErrorKind.HTTP_5XX, ErrorKind.HTTP_5XX, None, ErrorKind.CANCELLED]
    cold = table([-5, -4, -3, -2, -1], 0.5, phase=Phase.WARMUP, kind=list(kinds))
    section = warmup(SAY, run_of(joined(cold, steady(warmup=0))))
    assert section is not None
    facts = next(block for block in section.blocks if isinstance(block, Facts)).facts
    assert [fact.value for fact in facts[:2]] == ["5", "3"]
    assert facts[0].about == "1 cut off at the end"
    assert facts[1].tone == "bad"
    failures = next(block for block in section.blocks if isinstance(block, Table))
    assert failures.rows == (("Server error, 5xx", "2"), ("Refused under load, 429 or 503", "1"))


def test_the_first_answer_is_text_whatever_is_in_it() -> None:
    run = run_of(steady(), first_said="Good morning.", first_transcript="<b>Good</b>\nmorning\x1b[2J")
    section = warmup(SAY, run)
    assert section is not None
    last = section.blocks[-1]
    assert isinstance(last, Pairs)
    (pair,) = last.pairs
    assert pair.said == (("Good", "substituted"), ("morning.", "same"))
    assert [word for word, _ in pair.heard] == ["<b>Good</b>", "morning", "[2J"]
    section = warmup(SAY, run_of(steady(), first_transcript=""))
    assert section is not None
    assert section.blocks[-1] == Text("First transcript: (empty)")
