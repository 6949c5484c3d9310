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


def test_the_schema_in_the_tree_is_the_models() -> None:
    # As values: versions of pydantic differ in whether a limit is 0 or 0.0.
    remedy = f"python -m stt_load.config.schema > stt_load/{SCHEMA_FILE.name}"
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == json.loads(text()), remedy
    jsonschema.Draft202012Validator.check_schema(schema())


def test_all_that_is_in_effect_fits_it() -> None:
    jsonschema.validate(masked(Config()), schema())


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
        {"audio_duration": 5, "audio": {"duration": 5}},
    ],
)
def test_an_editor_marks_what_load_refuses(document: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_an_editor_accepts_what_load_accepts() -> None:
    document = masked(Config()) | {
        "total_requests": 1e3,
        "api": {"base_url": "HTTPS://h", "extra_fields": {"x": [1]}, "headers": {"x": 1.5}},
        "x-anything": {"a": 1},
    }
    jsonschema.validate(document, schema())
