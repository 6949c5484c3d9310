"""Laws over arbitrary input: a configuration or faults, never anything else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stt_load.config import Config, ConfigError, Layer, Override, effective, load, masked
from stt_load.config.faults import dotted
from stt_load.config.keys import keys
from stt_load.config.scalars import scalar
from stt_load.config.schema import schema
from stt_load.config.yaml_source import parse

KNOWN = [path for path, key in keys().items() if key.kind not in ("section", "fields")]
TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "1e3",
        "16_000",
        "1.5",
        "0",
        "-1",
        "1e400",
        ".nan",
        "true",
        "null",
        "",
        "embedded",
        "http://h",
        "/v1",
        "ko",
        "json",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2), max_leaves=4
)
SCHEMA = jsonschema.Draft202012Validator(schema())


def loaded(text: str, *overrides: Override) -> Config | None:
    """None when there are faults, whose message can then be printed."""
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        Path(file.name).write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            return load(Path(file.name), overrides, environ={}).config
        except ConfigError as error:
            str(error).encode()
            return None if error.faults else pytest.fail("a ConfigError without a fault")


def nested(flat: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        section = tree
        for name in path[:-1]:
            section = section.setdefault(name, {})
        section[path[-1]] = value
    return tree


@given(st.text(alphabet=st.sampled_from("ab:-[]{}#&*!|>'\"%@`,?~ \n\t1.\\xU0\ud800\x00é") | st.characters()))
@example('"\\UFFFFFFFF"')
@example("%YAML 1." + "1" * 5_000 + "\n---\na: 1")
@example('api: {extra_fields: {"\\ud800": 1, x: "\\ud800"}}')
@example("? |\n  a\n: !!null x")
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_configuration_or_faults(text: str) -> None:
    loaded(text)


@given(st.dictionaries(st.sampled_from([*keys()]), VALUES, max_size=5).filter(lambda flat: not _overlap(flat)))
@settings(max_examples=100, deadline=None)
def test_any_values_of_known_keys_are_a_configuration_or_faults(flat: dict[tuple[str, ...], Any]) -> None:
    config = loaded(yaml.dump(nested(flat), allow_unicode=True))
    if config is not None:
        SCHEMA.validate(masked(config))


@given(st.lists(st.tuples(st.sampled_from([*keys()]), TEXTS, st.sampled_from(list(Layer))), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_overrides_are_a_configuration_or_faults(given_values: list[tuple[tuple[str, ...], str, Layer]]) -> None:
    loaded("", *(Override(dotted(path), text, "--option", layer) for path, text, layer in given_values))


@given(st.dictionaries(st.sampled_from(KNOWN), SCALARS, max_size=6))
@settings(max_examples=100, deadline=None)
def test_what_is_effective_can_be_read_back(flat: dict[tuple[str, ...], Any]) -> None:
    config = loaded(yaml.dump(nested(flat), allow_unicode=True))
    if config is not None and masked(config) == config.model_dump(mode="json"):
        assert loaded(effective(config)) == config


@given(
    fields=st.dictionaries(st.from_regex(r"[b-d\[\]]{1,5}", fullmatch=True), SCALARS.filter(lambda v: v is not None))
)
@settings(max_examples=60, deadline=None)
def test_extra_fields_survive_the_way_through_yaml_and_json(fields: dict[str, Any]) -> None:
    config = loaded(f"api: {{extra_fields: {_flow(fields)}}}")
    if config is not None:
        assert loaded(effective(config)) == config
        assert json.loads(json.dumps(masked(config)))["api"]["extra_fields"] == config.api.extra_fields


@given(st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none())
def test_what_json_writes_is_read_as_it_was(value: object) -> None:
    text = json.dumps(value).replace("Infinity", ".inf")
    assert (type(scalar(text)), scalar(text)) == (type(value), value)


@given(st.text(max_size=40))
def test_parsing_keeps_to_its_source(text: str) -> None:
    assert all(fault.source == "here" for fault in parse(text, "here").faults)


def _flow(fields: dict[str, Any]) -> str:
    return str(yaml.dump(fields, default_flow_style=True, allow_unicode=True, width=10**6)).strip()


def _overlap(flat: dict[tuple[str, ...], Any]) -> bool:
    """Whether one of the keys is inside another one."""
    return any(path[:size] in flat for path in flat for size in range(1, len(path)))
