"""A preset says `checked: sdk` where its service's client judges the embedded server, which answers it, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stt_load.api.verdict import Transcript
from stt_load.audio.clip import Clip
from stt_load.client import Exchange
from stt_load.client.choice import client_of
from stt_load.config.load import load
from stt_load.config.preset import NAMES, known
from stt_load.run.context import api_of, audio_of, target_of

from .conftest import KEY

CHECKED = [name for name in NAMES if known(name).how == "sdk"]
FILES = {"azure-openai": "azure"}
VARIABLES = ("OPENAI", "AZURE_OPENAI", "GROQ", "MISTRAL", "DEEPGRAM", "ASSEMBLYAI", "ELEVENLABS")


def test_they_are_those_whose_clients_are_here() -> None:
    here = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    # litellm's own is tried with litellm itself, which beats a client of it.
    assert {FILES.get(name, name) for name in CHECKED} == here - {"presets", "litellm"}


@pytest.mark.parametrize("name", CHECKED)
def test_the_embedded_server_answers_it(name: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(f"{variable}_API_KEY", KEY)
    given: dict[str, Any] = {"preset": name, "base_url": url}
    if name == "assemblyai":
        given["job"] = {"interval": 0.1}
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps({"audio": {"duration": 2}, "api": given}), encoding="utf-8")
    config = load(file).config
    api, target = api_of(config, config.api.url(url)), target_of(config, config.api.url(url))
    clip: Clip = audio_of(config, 0).clip(0, 0)
    client = client_of(target, api, call=None, plan=api.plan)
    try:
        verdict = client.speak(clip, Exchange("it"))
    finally:
        client.close()
    assert isinstance(verdict, Transcript), verdict
    assert verdict.text == clip.text != ""
    assert verdict.audio_s in (2.0, None)
