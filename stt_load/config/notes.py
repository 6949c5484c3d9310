"""What a person should be told about a configuration that is right: what a preset loses, how it was checked, and a
model that is about to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from stt_load.config import preset as presets
from stt_load.config.api import ApiConfig
from stt_load.config.faults import KeyPath, dotted
from stt_load.config.layers import DEFAULT_ORIGIN, Layer, Layers
from stt_load.config.places import sends_model
from stt_load.config.preset import Preset
from stt_load.config.suspicion import shown

OPENAI_HOST = "api.openai.com"
ENDING = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-4o-transcribe-diarize",
)
"""Models with an announced end (openai-python 3.57.0, types/audio_model.py); other servers may go on having them."""
END = date(2027, 2, 26)
SUCCESSOR = "gpt-transcribe"
_STAND_INS = ("127.0.0.1", ".invalid")
"""How the hosts of presets end whose service is at another place for everybody."""


def notes(layers: Layers, api: ApiConfig, today: date) -> Iterator[str]:
    """A sentence each. layers: that `api` was made of."""
    if api.preset is not None:
        yield from _lost(api.preset, api, layers)
        yield from _on_paper(api.preset)
    yield from _ending(api, today)


def _lost(name: Preset, api: ApiConfig, layers: Layers) -> Iterator[str]:
    """The values of a preset that a file has others for: all on one line. Where everybody has a server of their own,
    another base_url than the preset's is no loss."""
    document, in_effect = presets.document(name), {"api": api.model_dump()}
    lost = []
    for path, spot in document.spots.items():
        origin = layers.origins.get(path, DEFAULT_ORIGIN)
        mine, given = _at(document.values, path), _at(in_effect, path)
        are_sections = isinstance(mine, dict) and isinstance(given, dict)
        if are_sections or origin.layer is not Layer.FILE or mine == given:
            continue
        if path == ("api", "base_url") and str(urlsplit(mine).hostname).endswith(_STAND_INS):
            continue
        here = shown(path, _written(given, origin.written))  # of a preset's own nothing is secret
        lost.append(f"{dotted(path)} is {here}, not {_written(mine, spot.written)}")
        where = origin.source
    if lost:
        yield f"{presets.source(name)} gives way to {where}: {'; '.join(lost)}"


def _at(values: Any, path: KeyPath) -> Any:
    """What stands at `path`, None where there is nothing, and of the items of lists: those are told as a whole."""
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _written(value: Any, written: str) -> str:
    """A value as it may be written; of a list only that it is one is known."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else written


def _on_paper(name: Preset) -> Iterator[str]:
    known = presets.known(name)
    if known.how == "docs":
        source = presets.source(name)
        yield f"{source} was checked on paper only ({known.on}): `stt-load probe` tells whether it is right"


def _ending(api: ApiConfig, today: date) -> Iterator[str]:
    """The same name may live on elsewhere: whisper-1 is what many servers take for whatever they have."""
    if urlsplit(api.base_url).hostname != OPENAI_HOST or api.model not in ENDING or not sends_model(api):
        return
    ends = f"ends at {OPENAI_HOST} on {END}" if today < END else f"has ended at {OPENAI_HOST} on {END}"
    yield f"model {api.model} {ends}, by OpenAI's own client; its successor is {SUCCESSOR}"
