"""A result that is wrong anywhere is found to be: real runs, whose results are then tampered with."""

from __future__ import annotations

import copy
import statistics
from collections.abc import Iterator
from typing import Any

import pytest

from stt_load.selftest.bench import Outcome, TrialError, run
from stt_load.selftest.cases import EVERYTHING, STREAMS, Subject, Trial, open_loop
from stt_load.selftest.figure import Figure
from stt_load.selftest.figures import errors_s, figures
from stt_load.selftest.prediction import STATISTICS, requests
from stt_load.selftest.table import furthest, table

TRIAL = Trial(EVERYTHING, Subject("FastSttUser"))
STREAMED = Trial(STREAMS, Subject("FastSttUser"))
ARRIVED = Trial(open_loop(0.9, measured=60), Subject("FastSttUser"))
TRIALS = {"outcome": TRIAL, "streamed": STREAMED, "arrived": ARRIVED}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(TRIAL, tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(STREAMED, tmp_path_factory.mktemp("streamed"))


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run(ARRIVED, tmp_path_factory.mktemp("arrived"))


def judged(outcome: Outcome, trial: Trial = TRIAL) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(trial, outcome)}


def counts(found: dict[str, Figure]) -> Iterator[Figure]:
    return (figure for figure in found.values() if figure.low == figure.high == 0)


def test_a_real_run_is_right(outcome: Outcome) -> None:
    found = judged(outcome)
    assert [figure for figure in counts(found) if not figure.right] == []
    early = [figure for figure in found.values() if figure.difference < figure.low]
    assert early == [], "never better than the truth"
    assert {"failures.shed", "failures.http_5xx", "failures.truncated"} <= found.keys()
    assert found["warmup.requests"].truth == TRIAL.case.warmup
    assert sum(truth["cold"] for truth in outcome.truths) == 2, "there was something to exclude"


def test_a_streamed_run_is_right(streamed: Outcome) -> None:
    found = judged(streamed, STREAMED)
    assert [figure for figure in counts(found) if not figure.right] == []
    assert [name for name, figure in found.items() if figure.difference < figure.low] == []
    assert {"ttft_s.median", "delta_gap_s.mean_s", "failures.truncated"} <= found.keys()
    assert found["connect_s.n"].truth > 0, "a cut answer takes its connection with it"


def test_an_open_loop_is_right(arrived: Outcome) -> None:
    found = judged(arrived, ARRIVED)
    assert [figure for figure in counts(found) if not figure.right] == []
    assert [name for name, figure in found.items() if figure.difference < figure.low] == []
    assert {"offered_rps", "achieved_rps", "schedule_lag_s.p99", "dropped"} <= found.keys()


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, int | float):
        yield path


def changed(outcome: Outcome, path: tuple[str, ...], by: float) -> Outcome:
    result = copy.deepcopy(dict(outcome.result))
    place = result
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] += by
    return Outcome(result, outcome.truths)


@pytest.mark.parametrize(
    ("name", "block"),
    [("outcome", "metrics"), ("outcome", "warmup"), ("streamed", "metrics"), ("arrived", "metrics")],
)
def test_every_number_of_the_result_is_held_against_the_truth(
    request: pytest.FixtureRequest, name: str, block: str
) -> None:
    """One after the other is changed by far more than is allowed."""
    outcome: Outcome = request.getfixturevalue(name)
    trial = TRIALS[name]
    before = judged(outcome, trial)
    unseen = []
    for path in leaves(outcome.result[block]):
        after = judged(changed(outcome, (block, *path), 100), trial)
        if not any(not figure.right and figure != before.get(name) for name, figure in after.items()):
            unseen.append(".".join(path))
    assert unseen == []


def test_a_quantile_over_all_that_is_told_where_there_is_none_is_found_and_one_that_is_not_told(
    outcome: Outcome,
) -> None:
    quantiles = outcome.result["metrics"]["all"]["response_time_s"]
    beyond = [name for name in ("median", "p90", "p95", "p99") if quantiles[name] is None]
    assert 0 < len(beyond) < 4, "failed ones are slower than all answers"
    for name in ("median", "p90", "p95", "p99"):
        result = copy.deepcopy(dict(outcome.result))
        result["metrics"]["all"]["response_time_s"][name] = 0.5 if name in beyond else None
        found = judged(Outcome(result, outcome.truths))
        assert not found[f"all.response_time_s.{name}" + (", beyond" if name in beyond else "")].right
    result = copy.deepcopy(dict(outcome.result))
    result["metrics"]["all"]["response_time_s"]["at_least"] = ["p99"]
    assert not judged(Outcome(result, outcome.truths))["all.response_time_s.at_least"].right


@pytest.mark.parametrize("by_s", [-0.05, 0.05])
def test_one_request_told_wrong_is_found(outcome: Outcome, by_s: float) -> None:
    number = next(n for n, row in enumerate(outcome.result["requests"]) if row["phase"] == "measured" and row["ok"])
    result = copy.deepcopy(dict(outcome.result))
    result["requests"][number]["response_time_s"] += by_s
    name = "each request, the latest" if by_s > 0 else "each request, the earliest"
    assert not judged(Outcome(result, outcome.truths))[name].right


def test_a_request_that_the_result_does_not_know_is_found(outcome: Outcome) -> None:
    result = copy.deepcopy(dict(outcome.result))
    index = next(n for n, row in enumerate(result["requests"]) if row["phase"] == "measured" and row["ok"])
    del result["requests"][index]
    found = judged(Outcome(result, outcome.truths))
    assert not found["each request, its outcome"].right
    assert not found["each request, the latest"].right


def test_a_request_that_the_server_never_saw_is_found(outcome: Outcome) -> None:
    late = sorted(outcome.truths, key=lambda truth: float(truth["arrival_s"]))
    found = judged(Outcome(outcome.result, late[:-1]))
    assert not found["requests in all"].right
    assert not found["requests.total"].right


def test_a_cold_request_in_the_figures_is_found(outcome: Outcome) -> None:
    """As if the warm-up had let its first request pass for a measured one."""
    result = copy.deepcopy(dict(outcome.result))
    seen = requests(result, outcome.truths, TRIAL.case.server.slots)
    cold = {one.reported["seq"] for one in seen if one.cold and one.reported}
    next(row for row in result["requests"] if row["seq"] in cold)["phase"] = "measured"
    assert not judged(Outcome(result, outcome.truths))["cold requests in the figures"].right


def test_a_server_that_has_seen_nothing_proves_nothing(outcome: Outcome) -> None:
    with pytest.raises(TrialError, match="fewer than two"):
        figures(TRIAL, Outcome(outcome.result, []))


def test_errors_are_those_of_the_measured_requests(outcome: Outcome) -> None:
    errors = errors_s(TRIAL, outcome)
    assert len(errors) == TRIAL.case.load["total_requests"] - TRIAL.case.warmup
    assert min(errors) > -0.0005


def test_the_table_shows_each_figure_where_it_was_worst() -> None:
    found = [
        (1, Figure("a", "s", 1.0, 1.001, -0.0005, 0.015)),
        (2, Figure("a", "s", 1.0, 1.0145, -0.0005, 0.015)),
        (1, Figure("b", "", 0, 0)),
        (3, Figure("b", "", 7, 7)),
        (1, Figure("c", "/s", 10.0, None)),
        (2, Figure("c", "/s", 10.0, 10.0)),
        (4, Figure("d", "bytes", 1_000, 990)),
    ]
    assert [number for number, _ in furthest(found)] == [2, 3, 1, 4]
    lines = table(furthest(found))
    assert lines[2].split() == [
        "2",
        "a",
        "1,000.0",
        "ms",
        "1,014.5",
        "ms",
        "+14.5",
        "ms",
        *["-0.5", "ms", "to", "+15.0", "ms"],
        "right",
    ]
    assert lines[3].split() == ["3", "b", "7", "7", "0", "exact", "right"]
    assert lines[4].split() == ["1", "c", "10.00/s", "none", "none", "exact", "WRONG"]
    assert lines[5].split() == ["4", "d", "1,000", "B", "990", "B", "-10", "B", "exact", "WRONG"]


def stalled(outcome: Outcome, by_s: float, late_s: float) -> Outcome:
    """One measured answer was read `by_s` later; the result says of its row that a stall can have added `late_s`.

    The figures are those of such a result.
    """
    result = copy.deepcopy(dict(outcome.result))
    measured = [row for row in result["requests"] if row["phase"] == "measured" and row["ok"]]
    row = measured[len(measured) // 2]
    row["response_time_s"] += by_s
    row["late_s"] = late_s
    times = [one["response_time_s"] for one in measured]
    for block in ("response_time_s", "service_time_s"):
        for name, of in STATISTICS.items():
            result["metrics"][block][name] = of(times)
        result["metrics"][block]["stdev"] = statistics.stdev(times)
    return Outcome(result, outcome.truths)


LATENCIES = ("each request", "response_time_s", "service_time_s")


def wrong(outcome: Outcome) -> set[str]:
    return {name for name, figure in judged(outcome).items() if not figure.right and name.startswith(LATENCIES)}


def test_a_stall_of_the_generator_makes_no_figure_wrong(outcome: Outcome) -> None:
    """Machines are noisy: what is wrong without it, stays wrong, and nothing else is."""
    before = wrong(outcome)
    assert "response_time_s.max" in wrong(stalled(outcome, 2.0, 0.0)) - before
    assert wrong(stalled(outcome, 2.0, 2.0)) <= before


def test_a_stall_is_no_excuse_for_more_than_it_can_have_added(outcome: Outcome) -> None:
    assert "each request, the latest" in wrong(stalled(outcome, 2.0, 1.5))
    assert "each request, the earliest" in wrong(stalled(outcome, -0.05, 1.5))
