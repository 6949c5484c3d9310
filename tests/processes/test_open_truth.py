"""Open loops against the server's own log: whatever is asked of the queue, each time is what it makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.selftest.bench import Outcome, run
from stt_load.selftest.cases import OPEN_MEAN_S, Case, Subject, Trial, open_loop
from stt_load.selftest.figure import EARLY_S, LATE_S
from stt_load.selftest.prediction import STALLED_S, Request, requests

pytestmark = pytest.mark.locust

MOST = 0.95
"""Of the rows, no stall of the generator can have touched."""


def seen_by_both(outcome: Outcome, case: Case) -> list[Request]:
    """The requests after the warm-up, in the order in which they arrived: exactly those that were due."""
    seen = requests(outcome.result, outcome.truths, case.server.slots)[case.warmup :]
    rows = [row for row in outcome.result["requests"] if row["phase"] != "warmup"]
    total = case.load["total_requests"]
    assert sorted(row["seq"] for row in rows) == list(range(case.warmup, total)), "a row for each due instant"
    assert [row for row in rows if row["error_kind"]] == []
    assert len(seen) == total - case.warmup == len({one.reported["seq"] for one in seen if one.reported})
    return seen


def punctual(seen: list[Request]) -> list[Request]:
    return [one for one in seen if one.reported and one.reported["late_s"] < STALLED_S]


@pytest.mark.parametrize(
    "subject", [Subject("FastSttUser"), pytest.param(Subject("SttUser", 2), marks=pytest.mark.slow)]
)
def test_no_response_time_is_better_than_the_queue_has_it_and_most_are_what_it_makes(
    tmp_path: Path, subject: Subject
) -> None:
    """At more than it can do: most of each time is then the queue's."""
    case = open_loop(1.2, measured=100)
    seen = seen_by_both(run(Trial(case, subject), tmp_path), case)
    errors_s = sorted(one.error_s for one in seen)
    assert errors_s[0] > -EARLY_S, "no answer before the server could have given it"
    assert errors_s[len(errors_s) // 2] < LATE_S, "at least half, on however noisy a machine"
    waited = [one.response_s for one in seen]
    assert sum(waited[-20:]) > 2 * 20 * OPEN_MEAN_S, "the queue has grown, and is in the figures"


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("utilisation", [0.5, 0.7, 0.9, 1.2])
@pytest.mark.parametrize("subject", [Subject("FastSttUser"), Subject("SttUser"), Subject("FastSttUser", 2)], ids=str)
def test_every_response_time_is_what_the_queue_makes_of_it(
    tmp_path: Path, utilisation: float, subject: Subject
) -> None:
    case = open_loop(utilisation)
    seen = seen_by_both(run(Trial(case, subject), tmp_path), case)
    believed = punctual(seen)
    assert len(believed) >= MOST * len(seen), "of the generator's own stalls"
    assert min(one.error_s for one in believed) > -EARLY_S
    assert sum(one.error_s <= LATE_S for one in believed) >= MOST * len(believed)
