"""Of what says which load there is, and of what ends a run, one key counts: two in one layer are a fault, one in a
higher layer replaces the lower one's."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.config import Config, Layer, Override, load
from stt_load.config.starting_file import text as starting_file
from tests.config.conftest import Faults, Load

STAGES = "load: {stages: 5 for 60}"
ENDS = {
    "total_requests": "50",
    "measure_for": "60",
    "stop_when": "p95(response_time_s) within 5%",
    "load.trace": "arrivals.csv",
    "load.stages": "5 for 60",
    "load.levels": "rate 5, 10 for 60",
    "load.search": "rate from 2 to 50",
}
SHAPES = {
    "load.rate": "12",
    "load.audio_rate": "100",
    "load.trace": "arrivals.csv",
    "load.stages": "users 5 for 60",
    "load.levels": "users 1, 2",
    "load.search": "users",
}
LAYERS = [Layer.LOCUST_FILE, Layer.ENVIRONMENT, Layer.COMMAND_LINE, Layer.WEB_FORM]


def given(key: str, text: str, layer: Layer = Layer.COMMAND_LINE) -> Override:
    return Override(key, text, f"the {layer.name.lower()}'s {key}", layer)


LIMIT = given("slo", "p95(response_time_s) < 2")
"""Which a search needs."""


def pairs(keys: dict[str, str]) -> list[tuple[str, str]]:
    names = list(keys)
    return [(one, other) for index, one in enumerate(names) for other in names[index + 1 :]]


def value(config: Config, key: str) -> object:
    found: object = config
    for name in key.split("."):
        found = getattr(found, name)
    return found


def in_file(*keys: str) -> str:
    """A file with these keys, a line each; those of `load` are the last."""
    known = ENDS | SHAPES
    lines = [f"{key}: {known[key]}" for key in keys if "." not in key]
    nested = [f"  {key.partition('.')[2]}: {known[key]}" for key in keys if "." in key]
    return "\n".join([*lines, *(["load:", *nested] if nested else [])])


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("one", "other"), dict.fromkeys((*pairs(ENDS), *pairs(SHAPES))))
def test_two_in_one_layer_are_a_fault_that_names_both_places(
    faults: Faults, layer: Layer, one: str, other: str
) -> None:
    known = ENDS | SHAPES
    found = faults("", given(one, known[one], layer), given(other, known[other], layer))
    (fault,) = [fault for fault in found if "excludes" in fault.message]
    assert (fault.key, fault.source) == (other, f"the {layer.name.lower()}'s {other}")
    assert f"excludes {one} ({known[one]}, the {layer.name.lower()}'s {one})" in fault.message


@pytest.mark.parametrize(("one", "other"), [*pairs(ENDS)[:3], *pairs(SHAPES)])
def test_two_in_one_file_are_a_fault_with_both_lines(faults: Faults, one: str, other: str) -> None:
    text = in_file(one, other)
    lines = [
        next(n for n, line in enumerate(text.splitlines(), 1) if key.split(".")[-1] in line) for key in (one, other)
    ]
    (fault, *_) = [fault for fault in faults(text) if "excludes" in fault.message]
    assert (fault.key, fault.line) == (other, lines[1])
    assert f"excludes {one} (" in fault.message
    assert f"line {lines[0]})" in fault.message


@pytest.mark.parametrize(("one", "other"), pairs(ENDS) + [(b, a) for a, b in pairs(ENDS)])
def test_an_end_in_a_higher_layer_replaces_the_lower_ones_and_one_line_says_so(one: str, other: str) -> None:
    lower, higher = given(one, ENDS[one], Layer.ENVIRONMENT), given(other, ENDS[other])
    if "load.trace" in (one, other):
        return  # a file that has to be there
    loaded = load(overrides=[lower, higher, LIMIT], environ={})
    assert value(loaded.config, one) is None
    assert value(loaded.config, other) is not None
    said = (
        f"{other} ({ENDS[other]}, the command_line's {other}) replaces {one} ({ENDS[one]}, the environment's {one})"
    )
    assert loaded.notes.count(said) == 1
    assert sum("replaces" in note for note in loaded.notes) == 1


@pytest.mark.parametrize("key", [key for key in ENDS if key not in ("total_requests", "load.trace")])
def test_the_built_in_total_gives_way_without_a_word(key: str) -> None:
    loaded = load(overrides=[given(key, ENDS[key], Layer.LOCUST_FILE), LIMIT], environ={})
    assert loaded.config.total_requests is None
    assert not [note for note in loaded.notes if "total_requests" in note]


@pytest.mark.parametrize("lines", ["measure_for: 60", "stop_when: p95(response_time_s) within 5%", STAGES])
def test_so_does_the_one_in_the_file_that_somebody_begins_with(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(starting_file() + lines, encoding="utf-8")
    loaded = load(file, environ={})
    assert loaded.config.total_requests is None
    assert not [note for note in loaded.notes if "replaces" in note]


def test_any_other_total_in_a_file_was_meant(faults: Faults) -> None:
    (fault,) = faults(f"total_requests: 200\n{STAGES}")
    assert "excludes total_requests (200, line 1)" in fault.message


def test_and_so_was_a_hundred_that_is_given_for_one_run(faults: Faults) -> None:
    (fault,) = faults("", given("total_requests", "100"), given("measure_for", "60"))
    assert "excludes total_requests (100" in fault.message


def test_a_rate_has_its_end_beside_it(loaded: Load) -> None:
    assert loaded("load: {rate: 12}").total_requests == 100
    config = loaded("load: {rate: 12}\ntotal_requests: 500")
    assert (config.load.rate, config.total_requests, config.measure_for) == (12, 500, None)
    config = loaded("load: {rate: 12}\nmeasure_for: 60")
    assert (config.load.rate, config.total_requests, config.measure_for) == (12, None, 60)
    config = loaded("load: {audio_rate: 12}\nstop_when: p95(response_time_s) within 5%")
    assert (config.load.audio_rate, config.total_requests) == (12, None)


def test_a_rate_over_stages_takes_their_end_with_them(loaded: Load) -> None:
    """And the total that the file has counts again."""
    config = loaded(f"total_requests: 100\n{STAGES}", given("load.rate", "12"))
    assert (config.load.rate, config.load.stages, config.total_requests) == (12, None, 100)


def test_stages_over_a_rate_and_its_time(loaded: Load) -> None:
    config = loaded("measure_for: 60\nload: {rate: 3}", given("load.stages", "5 for 60"))
    assert (config.load.rate, config.measure_for, config.total_requests) == (None, None, None)
    assert config.load.stages == [{"rate": 5, "for": 60}]


def test_a_total_over_stages_leaves_users_who_wait(loaded: Load) -> None:
    config = loaded(STAGES, given("total_requests", "40"))
    assert (config.load.stages, config.total_requests) == (None, 40)


def test_null_takes_away_and_replaces_nothing(loaded: Load) -> None:
    config = loaded(STAGES, given("load.stages", ""))
    assert (config.load.stages, config.total_requests) == (None, 100)
    config = loaded("total_requests: null\nmeasure_for: 60", given("total_requests", "null"))
    assert (config.measure_for, config.total_requests) == (60, None)
