"""What stands in the document of a run of levels, beside its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.stats.level_rate import done_rps
from stt_load.storage.document import LEFT_OUT, document
from stt_load.storage.levels_record import TriedLevel
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.storage.trying import SEARCH, level, levels_of, search_of

BUSY = Generator(workers=(WorkerHealth(0, 0.001, 0.85, 0.0001, 0.0),), rows_lost=0)
BROKEN = Generator(workers=(WorkerHealth(0, 0.001, 0.1, 0.0001, 0.0),), rows_lost=1)


def test_figures_stand_per_level() -> None:
    values = document(levels_of())
    assert (values["metrics"], values["capacity"], values["knee"]) == (None, None, 2.0)
    assert [one["trial"]["value"] for one in values["levels"]] == [1, 2, 4]
    assert [one["metrics"]["requests"]["total"] for one in values["levels"]] == [40, 40, 40]
    assert [one["warmup"]["requests"] for one in values["levels"]] == [1, 2, 4]


def test_a_level_has_all_that_a_result_of_it_alone_would_have() -> None:
    record = levels_of()
    own, alone = document(record)["levels"][1], document(record.levels[1].run)
    for name, value in alone.items():
        if name not in ("schema_version", "run", "config"):
            assert own[name] == value
    assert own["run"] == {name: value for name, value in alone["run"].items() if name not in LEFT_OUT}


def test_of_the_configuration_a_level_has_what_is_its_own() -> None:
    assert [one["config"] for one in document(levels_of())["levels"]] == [
        {"warmup_requests": 1},
        {"warmup_requests": 2},
        {"warmup_requests": 4},
    ]


def test_rows_are_counted_through_and_instants_from_the_first_barrier() -> None:
    entries = document(levels_of())["levels"]
    assert [one["first_seq"] for one in entries] == [0, 41, 83]
    assert [one["zero_s"] for one in entries] == [0.0, 60.0, 120.0]


def test_the_curve_has_a_point_of_each_level() -> None:
    levels = search_of().levels
    curve = document(search_of())["capacity"]["levels"]
    assert [(one["number"], one["value"], one["tier"], one["outcome"]) for one in curve] == [
        (0, 1, "screen", "pass"),
        (1, 2, "screen", "pass"),
        (2, 4, "screen", "fail"),
    ]
    assert [(one["n"], one["median_s"], one["p95_s"], one["error_rate"]) for one in curve] == [(40, 0.3, 0.3, 0)] * 3
    assert [one["done_rps"] for one in curve] == pytest.approx(
        [done_rps(one.run.samples) for one in levels], abs=1e-6
    )


def of(number: int, generator: Generator) -> TriedLevel:
    one = level(number, steady(40, 5, 0.3, 5))
    return replace(one, run=replace(run_of(one.run.samples, generator=generator), config=one.run.config))


@pytest.mark.parametrize(
    ("generators", "verdict"),
    [((BUSY, BROKEN), "DEGRADED"), ((BROKEN,), "INVALID"), ((BROKEN, None), "VALID")],
)
def test_the_verdict_is_the_best_of_any_level(generators: tuple[Any, ...], verdict: str) -> None:
    levels = [
        level(number, steady(40, 5, 0.3, 5)) if generator is None else of(number, generator)
        for number, generator in enumerate(generators)
    ]
    assert document(levels_of(*levels))["validity"] == {"verdict": verdict, "checks": []}


def test_of_a_search_too_few_requests_are_no_doubt() -> None:
    """Its own test says how many it takes."""
    slo = {"limit": "p99(response_time_s) < 2"}
    sweep, search = level(0, table([0.0, 1.0], 0.5)), level(0, table([0.0, 1.0], 0.5), SEARCH)
    names = [
        {check.name for check in replace(one.run, config=one.run.config | {"slo": [slo]}).summary.validity.checks}
        for one in (sweep, search)
    ]
    assert [("slo_samples" in found) for found in names] == [True, False]
