"""What valid values come to together: where requests go, whether they name a model, and what the clips are.

Other clients ask for `https://host/v1`, or for all of `https://host/v1/audio/transcriptions`: whoever copies that
into base_url doesn't mean `/v1/v1/audio/transcriptions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from stt_load.config.api import ApiConfig
from stt_load.config.audio import AudioConfig
from stt_load.config.faults import KeyPath
from stt_load.config.layers import DEFAULT_ORIGIN, Layer, Origin
from stt_load.config.model import Config
from stt_load.config.places import sends_model
from stt_load.config.section import EMBEDDED
from stt_load.config.suspicion import mask_url

Origins = Mapping[KeyPath, Origin]
BASE_URL, ENDPOINT, MODEL = ("api", "base_url"), ("api", "endpoint"), ("api", "model")
SOURCE = ("audio", "source")
_VERSION = re.compile(r"v[0-9]")
_OF_OPENAI = (["audio", "transcriptions"], ["audio", "translations"])


def settle(config: Config, origins: Origins) -> tuple[Config, tuple[str, ...]]:
    """`config` as it is in effect, and what a person should be told about that, a sentence each.

    origins: where each value was given.
    """
    api, changes = config.api, dict[str, Any]()
    found = None
    if api.base_url != EMBEDDED and api.call is None:
        # The endpoint counts where it was chosen, and not before base_url was.
        counts = _chosen(api.endpoint, ENDPOINT, origins) and _layer(ENDPOINT, origins) >= _layer(BASE_URL, origins)
        found = _parted(api.base_url, api.endpoint, endpoint_counts=counts)
    if found is not None:
        changes["base_url"], changes["endpoint"] = found
    if not sends_model(api) and not _chosen(api.model, MODEL, origins):
        changes["model"] = None
    settled = api.model_copy(update=changes)
    settled_config = config.model_copy(update={"api": settled, "audio": _with_source(config.audio, origins)})
    if found is None:
        return settled_config, ()
    given, goes_to = mask_url(api.base_url), mask_url(settled.url(settled.base_url))
    note = f"base_url {given} has a part of the endpoint in it already; requests go to {goes_to}"
    return settled_config, (note,)


def _with_source(audio: AudioConfig, origins: Origins) -> AudioConfig:
    """Who names recordings, and no source, means them."""
    meant = audio.files is not None and _layer(SOURCE, origins) == Layer.DEFAULT
    return audio.model_copy(update={"source": "files"}) if meant else audio


def _chosen(value: Any, path: KeyPath, origins: Origins) -> bool:
    """Whether a person meant this value: many files have the default of a key in them."""
    layer = _layer(path, origins)
    return layer > Layer.FILE or (layer == Layer.FILE and value != ApiConfig.model_fields[path[-1]].default)


def _layer(path: KeyPath, origins: Origins) -> Layer:
    return origins.get(path, DEFAULT_ORIGIN).layer


def _parted(base_url: str, endpoint: str, *, endpoint_counts: bool) -> tuple[str, str] | None:
    """(base_url, endpoint) with nothing in both of them; None where that is so already.

    endpoint: a query may follow its path. endpoint_counts: when base_url ends in one endpoint of the OpenAI API and
    `endpoint` is another, that one is meant, and else the one in base_url.
    """
    path, mark, query = endpoint.partition("?")
    has, wants = _segments(urlsplit(base_url).path), _segments(path)
    for size in range(min(len(has), len(wants)), 0, -1):
        if has[-size:] == wants[:size] and (size == len(wants) or _VERSION.match(wants[0])):
            return _without(base_url, has[-size:]), endpoint
    if has[-2:] not in _OF_OPENAI or wants[-2:] not in _OF_OPENAI:
        return None
    versioned = len(has) > len(_OF_OPENAI[0]) and _VERSION.match(has[-3])
    tail = has[-3:] if versioned else has[-2:]
    return _without(base_url, tail), endpoint if endpoint_counts else "/" + "/".join(tail) + mark + query


def _segments(path: str) -> list[str]:
    inner = path.rstrip("/").removeprefix("/")
    return inner.split("/") if inner else []


def _without(base_url: str, tail: list[str]) -> str:
    return base_url.rstrip("/").removesuffix("/" + "/".join(tail))
