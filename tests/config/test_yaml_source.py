"""YAML's merge key: https://yaml.org/type/merge.html."""

from __future__ import annotations

import pytest

from stt_load.config.yaml_source import parse
from tests.config.conftest import Faults, Load

BASES = "x-a: &a {model: of-a, language: ko}\nx-b: &b {model: of-b, prompt: hm}\n"


@pytest.mark.parametrize(
    ("api", "found"),
    [
        ("<<: *a", ("of-a", "ko", None)),
        ("<<: *a\n  model: own", ("own", "ko", None)),
        ("model: own\n  <<: *a", ("own", "ko", None)),
        ("<<: [*a, *b]", ("of-a", "ko", "hm")),
        ("<<: [*b, *a]\n  language: null", ("of-b", None, "hm")),
        ("<<: {<<: *b, language: en}", ("of-b", "en", "hm")),
        ("<<: &inline {model: large}", ("large", None, None)),
        ("<<: []\n  model: x", ("x", None, None)),
    ],
)
def test_what_is_merged(loaded: Load, api: str, found: tuple[str | None, ...]) -> None:
    config = loaded(f"{BASES}api:\n  {api}\n").api
    assert (config.model, config.language, config.prompt) == found


def test_merging_works_at_the_top_and_in_every_mapping(loaded: Load) -> None:
    text = """
x-load: &load {total_requests: 50, warmup_requests: 5}
x-keys: &keys {a: "1", b: "2"}
x-limits: &limits {read: 7, total: 9}
<<: *load
api:
  query: {<<: *keys, b: "3"}
  timeout: {<<: *limits, total: 8}
"""
    config = loaded(text)
    assert (config.total_requests, config.warmup_requests) == (50, 5)
    assert config.api.query == {"a": "1", "b": "3"}
    assert (config.api.timeout.read, config.api.timeout.total) == (7, 8)


def test_a_preset_that_is_merged_counts(loaded: Load) -> None:
    assert loaded("x-a: &a {preset: vllm}\napi: {<<: *a}").api.health == "/health"


def test_a_fault_of_what_is_merged_has_the_line_where_it_stands(faults: Faults) -> None:
    text = "x-base:\n  &base\n  endpint: /v1\n  temperature: -1\napi:\n  <<: *base\n"
    found = faults(text)
    assert [(fault.line, fault.key) for fault in found] == [(3, "api.endpint"), (4, "api.temperature")]


@pytest.mark.parametrize(
    ("text", "line", "key", "part"),
    [
        ("api:\n  <<: large", 2, "api.<<", "large can't be merged; choose a mapping, such as `<<: *name`"),
        ("api:\n  <<:", 2, "api.<<", "null can't be merged"),
        ("api:\n  <<: [{model: a}, 3]", 2, "api.<<", "a list can't be merged"),
        (BASES + "api:\n  <<: *a\n  <<: *b", 5, "api.<<", "keep one: `<<: [*one, *two]` merges both"),
        (BASES + "api:\n  model: a\n  <<: *a\n  model: b", 6, "api.model", "in line 4 already, and again in line 6"),
        ("api:\n  <<:\n    model: a\n    model: b", 4, "api.model", "in line 3 already, and again in line 4"),
        ("api:\n  '<<': a", 2, "api.<<", "unknown key"),
        ("y-base: &a {model: a}\napi: {<<: *a}", 1, "y-base", "unknown key"),
        ("api:\n  x-base: {model: a}", 2, "api.x-base", "unknown key"),
    ],
)
def test_what_can_not_be_merged(faults: Faults, text: str, line: int, key: str, part: str) -> None:
    (fault,) = faults(text)
    assert (fault.line, fault.key) == (line, key)
    assert part in fault.message


@pytest.mark.parametrize(
    "text",
    ["api: &a {<<: *a}", "api: &a {<<: [*a, *a]}", "api: &a {x: 1, <<: {<<: {<<: *a}}}", "&a\n<<: *a", "a: &a [*a]"],
)
def test_what_merges_itself_is_refused(text: str) -> None:
    found = parse(text, "here").faults
    assert any("20 levels" in fault.message for fault in found)


def test_merges_that_unfold_without_end_are_refused() -> None:
    lines = ["x-0: &m0 {" + ", ".join(f"k{i}: 1" for i in range(50)) + "}"]
    lines += [f"x-{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}]}}" for i in range(1, 9)]
    (fault,) = parse("\n".join([*lines, "api: {<<: *m8}"]), "here").faults
    assert "more than 10000 values" in fault.message


def test_what_is_there_to_be_merged_is_no_value_itself(loaded: Load) -> None:
    assert loaded("x-anything: [1, {a: b}]").total_requests == 100
