"""What must hold between keys."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.config import Config
from stt_load.config.rules import broken_rules

CLIP = {("audio", "duration"), ("audio", "sample_rate")}


def broken(
    environ: dict[str, str] | None = None, *, speaks: bool = True, **values: Any
) -> list[set[tuple[str, ...]]]:
    config = Config.model_validate(values)
    return [set(rule) for rule in broken_rules(config, environ or {}, speaks=speaks)]


def _timed(unit: str) -> dict[str, Any]:
    return {"api": {"response": {"processing_time": {"header": "x-ms"}, "processing_time_unit": unit}}}


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({}, []),
        ({"total_requests": 5, "warmup_requests": 5}, [{("total_requests",), ("warmup_requests",)}]),
        ({"total_requests": None, "warmup_requests": 5}, []),
        ({"audio": {"duration": 0.0004}}, [CLIP]),
        ({"audio": {"duration": 0.0004, "sample_rate": 32_000}}, []),
        ({"audio": {"duration": 134_218.0}}, [CLIP]),
        ({"api": {"headers": {"A": "1", "a": "2"}}}, [{("api", "headers", "a")}]),
        ({"api": {"stream": True, "call": "x.py:f", "model": None}}, [{("api", "stream")}]),
        ({"api": {"ca_bundle": "/nowhere.pem"}}, [{("api", "ca_bundle")}]),
        ({"report": {"rows": "rows.csv"}}, []),
        ({"report": {"rows": "a/rows.jsonl"}}, []),
        ({"report": {"rows": "rows.json"}}, [{("report", "rows")}]),
        ({"report": {"rows": "a/.csv"}}, [{("report", "rows")}]),
        (_timed("s"), []),
        (_timed("ms"), [{("api", "response", "processing_time_unit")}]),
        ({"save_path": "rows.csv", "report": {"rows": "./rows.csv"}}, [{("report", "rows")}]),
    ],
)
def test_a_broken_rule_names_each_key_that_could_heal_it(
    values: dict[str, Any], keys: list[set[tuple[str, ...]]]
) -> None:
    assert broken(**values) == keys


def test_only_who_sends_requests_needs_the_key() -> None:
    api = {"base_url": "http://h", "api_key_env": "MINE"}
    assert broken(api=api) == [{("api", "api_key_env")}]
    assert broken({"MINE": "secret"}, api=api) == []
    assert broken(speaks=False, api=api) == []
