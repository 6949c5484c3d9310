"""What is said of a configuration that is right."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from stt_load.config import Config, Override, load
from stt_load.config.layers import Layers
from stt_load.config.notes import END, ENDING, notes
from stt_load.config.preset import NAMES, known

BEFORE = END - timedelta(days=1)


def told(tmp_path: Path, text: str, *options: Override) -> tuple[str, ...]:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    keys = {f"{name}_API_KEY": "key-1" for name in ("DEEPGRAM", "LITELLM", "ASSEMBLYAI", "OPENAI", "AZURE_OPENAI")}
    return load(file, options, environ=keys).notes


def test_whatever_a_preset_loses_to_the_file_is_on_one_line(tmp_path: Path) -> None:
    text = "api: {preset: litellm, base_url: 'http://me:secret@h', model: mine, health: null, language: en}"
    (note,) = told(tmp_path, text)
    assert note == (
        f"preset litellm gives way to {tmp_path / 'config.yaml'}: "
        "api.model is mine, not whisper-1; "
        "api.health is null, not /health/readiness"
    )


def test_where_the_server_is_is_told_of_a_cloud_only(tmp_path: Path) -> None:
    for name in ("whisper-cpp", "azure-openai"):
        text = f"api: {{preset: {name}, base_url: 'http://me:secret@h'}}"
        assert not any("gives way" in note for note in told(tmp_path, text))
    (lost,) = (
        n for n in told(tmp_path, "api: {preset: deepgram, base_url: 'http://me:secret@h'}") if "gives way" in n
    )
    assert lost.endswith(": api.base_url is http://***@h, not https://api.deepgram.com")


def test_values_inside_of_sections_and_lists_are_named_and_secrets_are_not(tmp_path: Path) -> None:
    text = """
api:
  preset: assemblyai
  base_url: https://api.assemblyai.com
  headers: {Authorization: "Bearer abcdefghijklmnop"}
  extra_fields: {speech_models: [a, b]}
  job: {done: [completed, ready], interval: 3}
"""
    (lost,) = (note for note in told(tmp_path, text) if "gives way" in note)
    assert 'api.headers.Authorization is ***, not "${ASSEMBLYAI_API_KEY}"; ' in lost
    assert "api.extra_fields.speech_models is [a, b], not [{model}]; " in lost
    assert "api.job.done is [completed, ready], not [completed]" in lost
    assert "speech_models.0" not in lost
    assert "interval" not in lost, "it is the same"
    assert "base_url" not in lost, "it is the same"


def test_a_mapping_is_lost_to_a_text_or_to_null(tmp_path: Path) -> None:
    for given in ("took", "null"):
        (note,) = told(tmp_path, f"api: {{preset: litellm, response: {{processing_time: {given}}}}}")
        assert note.endswith(f": api.response.processing_time is {given}, not a mapping")
    (note,) = told(tmp_path, "api: {preset: litellm, response: {processing_time: {header: x-mine}}}")
    assert note.endswith(": api.response.processing_time.header is x-mine, not x-litellm-response-duration-ms")
    assert told(tmp_path, "api: {preset: litellm, response: null}") == ()


def test_what_is_in_a_preset_is_no_secret_whatever_it_looks_like(tmp_path: Path) -> None:
    assert "api.model is mine, not openai/whisper-large-v3" in told(tmp_path, "api: {preset: vllm, model: mine}")[0]


def test_nothing_is_lost_to_options_nor_by_a_preset_of_the_command_line(tmp_path: Path) -> None:
    host, preset = Override("api.base_url", "http://h", "--host"), Override("api.preset", "litellm", "--preset")
    assert told(tmp_path, "api: {preset: litellm}", host) == ()
    assert told(tmp_path, "api: {base_url: 'http://h', model: mine}", preset) == ()
    assert told(tmp_path, "api: {base_url: 'http://h', model: mine}") == ()


@pytest.mark.parametrize("name", NAMES)
def test_one_that_was_checked_on_paper_only_says_so(name: str) -> None:
    config = Config.model_validate({"api": {"preset": name}})
    said = list(notes(Layers(), config.api, BEFORE))
    on_paper = (
        f"preset {name} was checked on paper only ({known(name).on}): `stt-load probe` tells whether it is right"
    )
    assert said == ([on_paper] if known(name).how == "docs" else [])


@pytest.mark.parametrize("model", ENDING)
@pytest.mark.parametrize(
    ("today", "said"), [(BEFORE, "ends at api.openai.com on 2027-02-26"), (END, "has ended at api.openai.com on ")]
)
def test_a_model_that_is_about_to_end_is_told_with_its_successor(model: str, today: date, said: str) -> None:
    config = Config.model_validate({"api": {"base_url": "https://api.openai.com", "model": model}})
    (note,) = notes(Layers(), config.api, today)
    assert note.startswith(f"model {model} {said}")
    assert note.endswith("its successor is gpt-transcribe")


@pytest.mark.parametrize(
    "api",
    [
        {"base_url": "https://api.openai.com", "model": "gpt-transcribe"},
        {"base_url": "https://my-resource.openai.azure.com", "model": "whisper-1"},
        {"base_url": "http://127.0.0.1:8000", "model": "whisper-1"},
        {"base_url": "embedded", "model": "whisper-1"},
        {"base_url": "https://api.openai.com", "protocol": "raw"},
        {"base_url": "https://api.openai.com", "call": "a.py:f"},
    ],
)
def test_elsewhere_and_of_others_nothing_is_told(api: dict[str, str]) -> None:
    assert list(notes(Layers(), Config.model_validate({"api": api}).api, BEFORE)) == []


def test_they_are_told_by_whoever_loads_a_file(tmp_path: Path) -> None:
    (note,) = told(tmp_path, "api: {base_url: 'https://api.openai.com/v1', model: whisper-1, endpoint: /v1/audio}")[
        1:
    ]
    assert note.startswith("model whisper-1 ")
    assert told(tmp_path, "api: {preset: speaches}")[0].startswith("preset speaches was checked ")
