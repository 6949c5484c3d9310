"""File, environment, command line and web form over each other."""

from __future__ import annotations

import pytest

from stt_load.config import Layer, Override
from stt_load.config.api import TimeHeader
from tests.config.conftest import Faults, Load


def flag(key: str, text: str, layer: Layer = Layer.COMMAND_LINE) -> Override:
    return Override(key, text, f"--{key}", layer)


def test_the_higher_layer_wins_in_whatever_order_they_come(loaded: Load) -> None:
    layers = [Layer.WEB_FORM, Layer.LOCUST_FILE, Layer.COMMAND_LINE, Layer.ENVIRONMENT]
    while layers:
        overrides = [flag("seed", str(int(layer)), layer) for layer in layers]
        assert loaded("seed: 99", *overrides).seed == max(layers)
        layers.remove(max(layers))
    assert loaded("seed: 99").seed == 99


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("total_requests", "1e3", 1000),
        ("total_requests", " 2_000 ", 2000),
        ("total_requests", "", None),
        ("total_requests", "null", None),
        ("api.model", "1e3", "1e3"),
        ("api.model", "null", None),
        ("api.language", "no", "no"),
        ("api.language", "", None),
        ("api.language", "null", None),
        ("api.temperature", "0.5", 0.5),
        ("api.timeout.read", "7", 7.0),
        ("api.base_url", "http://h", "http://h"),
        ("validity.strict", "True", True),
        ("save_path", "a b.json", "a b.json"),
    ],
)
def test_texts_are_read_by_the_type_of_their_key(loaded: Load, key: str, text: str, value: object) -> None:
    found: object = loaded("", flag(key, text))
    for name in key.split("."):
        found = getattr(found, name)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("key", "text", "value", "part"),
    [
        ("total_requests", "abc", "abc", "is a text; choose a whole number"),
        ("warmup_requests", "", '""', "is no value; choose a whole number, 0 or more"),
        ("api.job.id", "", '""', "is no JMESPath expression"),
        ("api.endpoint", "x", "x", "slash"),
        ("api.nothing", "x", "x", "unknown key"),
        ("api.timeout", "5", "5", "choose lines"),
        ("warmup_requests", "100", "100", "is not below total_requests (100)"),
    ],
)
def test_a_fault_names_the_source(faults: Faults, key: str, text: str, value: str, part: str) -> None:
    (fault,) = faults("", flag(key, text))
    assert (fault.source, fault.line, fault.key, fault.value) == (f"--{key}", None, key, value)
    assert part in fault.message


def test_of_two_that_contradict_the_later_one_is_blamed(faults: Faults) -> None:
    (fault,) = faults("warmup_requests: 50", flag("total_requests", "20"))
    assert (fault.source, fault.key) == ("--total_requests", "total_requests")
    assert "is not above warmup_requests (50)" in fault.message
    (fault,) = faults("total_requests: 20", flag("warmup_requests", "20"))
    assert (fault.source, fault.key) == ("--warmup_requests", "warmup_requests")


def test_number_and_time_replace_each_other_between_layers(loaded: Load) -> None:
    config = loaded("total_requests: 50", flag("measure_for", "60"))
    assert (config.total_requests, config.measure_for) == (None, 60)
    config = loaded("measure_for: 60", flag("total_requests", "50"))
    assert (config.total_requests, config.measure_for) == (50, None)
    config = loaded("", flag("measure_for", "60", Layer.ENVIRONMENT), flag("total_requests", "50"))
    assert (config.total_requests, config.measure_for) == (50, None)
    config = loaded("measure_for: 60", flag("total_requests", ""))
    assert (config.total_requests, config.measure_for) == (None, 60)


def test_number_and_time_exclude_each_other_in_one_layer(faults: Faults) -> None:
    (fault,) = faults("", flag("measure_for", "60"), flag("total_requests", "50"))
    assert fault.source == "--measure_for"
    assert "excludes total_requests (50, --total_requests), as both" in fault.message


def test_faults_of_file_and_options_come_together(faults: Faults) -> None:
    found = faults("seed: x", flag("drain_s", "y"))
    assert [(fault.key, fault.line) for fault in found] == [("seed", 1), ("drain_s", None)]


def test_an_override_hides_no_fault_of_its_section(faults: Faults) -> None:
    (fault,) = faults("api: 5", flag("api.model", "x"))
    assert (fault.key, fault.line) == ("api", 1)


def test_an_override_repairs_the_file(loaded: Load) -> None:
    assert loaded("seed: x", flag("seed", "1")).seed == 1


def test_null_takes_a_mapping_away_where_it_is_a_value_and_is_an_empty_section_elsewhere(loaded: Load) -> None:
    keys = {"LITELLM_API_KEY": "k"}
    assert loaded("api: {preset: litellm}", environ=keys).api.response.processing_time is not None
    text = "api: {preset: litellm, response: {processing_time: null}}"
    assert loaded(text, environ=keys).api.response.processing_time is None
    empty = loaded("api: {preset: litellm, response: null, headers: null}", environ=keys).api
    assert empty.response.processing_time is not None


def test_a_mapping_that_is_one_value_takes_nothing_from_the_presets(loaded: Load) -> None:
    """The preset's unit is that of its header."""
    text = "api: {preset: litellm, response: {processing_time: {header: x-mine}}}"
    found = loaded(text, environ={"LITELLM_API_KEY": "k"}).api.response.processing_time
    assert found == TimeHeader(header="x-mine", unit="s")
    both = loaded("api: {preset: azure-openai, query: {a: b}}", environ={"AZURE_OPENAI_API_KEY": "k"})
    assert set(both.api.query) == {"api-version", "a"}
