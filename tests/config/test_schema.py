"""The schema in the tree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import stt_load
from stt_load.config import Config, masked
from stt_load.config.keys import keys
from stt_load.config.schema import schema, text

SCHEMA_FILE = Path(stt_load.__file__).parent / "config.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_in_the_tree_is_the_models() -> None:
    # As values: versions of pydantic differ in whether a limit is 0 or 0.0.
    remedy = f"python -m stt_load.config.schema > stt_load/{SCHEMA_FILE.name}"
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == json.loads(text()), remedy
    jsonschema.Draft202012Validator.check_schema(schema())


def test_all_that_is_in_effect_fits_it() -> None:
    VALIDATOR.validate(masked(Config()))


def test_every_key_is_described() -> None:
    for key in keys().values():
        assert len(key.description) > 10, key.path
        assert key.expected, key.path


@pytest.mark.parametrize(
    "document",
    [
        {"total_requests": 0},
        {"unknown": 1},
        {"api": {"base_url": "localhost:8000"}},
        {"api": {"endpoint": "v1"}},
        {"api": {"extra_fields": {"x": None}}},
        {"api": {"extra_fields": {"": "x"}}},
        {"api": {"api_key_env": "sk-1"}},
        {"embedded": {"jitter": "normal"}},
        {"audio": {"source": "tone"}},
        {"audio_duration": 0},
        {"load": {"rate": 0}},
        {"load": {"arrivals": "bursty"}},
        {"load": {"stages": []}},
        {"load": {"levels": {}}},
        {"load": {"levels": {"users": []}}},
        {"load": {"levels": {"users": [1.5]}}},
        {"load": {"levels": {"users": [1], "rate": [2]}}},
        {"load": {"levels": {"users": [1], "requests": 5, "seconds": 5}}},
        {"load": {"levels": [1, 2]}},
        {"load": {"search": {}}},
        {"load": {"search": {"axis": "sessions"}}},
        {"load": {"search": {"axis": "users", "from": 1.5}}},
        {"load": {"search": {"axis": "rate", "until": 5}}},
        {"cost": {"per_hour": 0}},
        {"load": {"stages": [{"rate": 5}]}},
        {"load": {"stages": [{"rate": 5, "for": 60}, {"users": 5, "for": 60}]}},
        {"load": {"stages": [{"rate": [1, 2, 3], "for": 60}]}},
        {"load": {"stages": [{"users": 1.5, "for": 60}]}},
        {"slo": [5]},
        {"slo": [{"abort": True}]},
        {"slo": [{"limit": "x < 1", "of": "some"}]},
        {"slo": [{"each": "x < 1", "abort": True}]},
        {"stop_when": {"metric": "p95(response_time_s)"}},
        {"repeat": 0},
        {"audio_duration": 5, "audio": {"duration": 5}},
    ],
)
def test_an_editor_marks_what_load_refuses(document: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


@pytest.mark.parametrize(
    "document",
    [
        {"load": {"stages": "5 for 60, 5..20 for 120"}},
        {"load": {"stages": [{"rate": 5, "for": 60}, {"rate": [5, 20.5], "for": 0.5}]}},
        {"load": {"stages": [{"users": [1, 8], "for": 60}]}},
        {"load": {"levels": "users 1, 2 for 50 requests"}},
        {"load": {"levels": {"users": [1, 2]}}},
        {"load": {"levels": {"audio_rate": [0.5, 20], "requests": 50}}},
        {"load": {"search": "users"}},
        {"load": {"search": {"axis": "rate", "from": 0.5, "resolution": "5%", "max_requests": None}}},
        {"cost": {"per_hour": 2.5, "per_audio_minute": 0.006}},
        {"slo": "error_rate < 1%; shed_rate == 0"},
        {"slo": ["error_rate < 1%", {"limit": "wer < 15%", "abort": True, "of": "all"}, {"each": "wer < 0.2"}]},
        {"stop_when": "p95(response_time_s) within 5%"},
        {"stop_when": {"metric": "p95(response_time_s)", "within": 0.05}},
    ],
)
def test_it_accepts_each_form_and_what_becomes_of_it(document: dict[str, Any]) -> None:
    VALIDATOR.validate(document)
    VALIDATOR.validate(masked(Config.model_validate(document)))


def test_an_editor_accepts_what_load_accepts() -> None:
    document = masked(Config()) | {
        "total_requests": 1e3,
        "api": {"base_url": "HTTPS://h", "extra_fields": {"x": [1]}, "headers": {"x": 1.5}},
        "x-anything": {"a": 1},
    }
    VALIDATOR.validate(document)
