"""What valid values come to together: where requests go, and whether they name a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stt_load.config.address import parted
from stt_load.config.api import ApiConfig
from stt_load.config.layers import DEFAULT_ORIGIN, Layer, Origin
from stt_load.config.masking import mask_url
from stt_load.config.model import Config
from stt_load.config.paths import KeyPath
from stt_load.config.places import sends_model
from stt_load.config.section import EMBEDDED

Origins = Mapping[KeyPath, Origin]
BASE_URL, ENDPOINT, MODEL = ("api", "base_url"), ("api", "endpoint"), ("api", "model")


def settle(config: Config, origins: Origins) -> tuple[Config, tuple[str, ...]]:
    """`config` as it is in effect, and what a person should be told about that, a sentence each.

    origins: where each value was given.
    """
    api, changes = config.api, dict[str, Any]()
    found = None
    if api.base_url != EMBEDDED and api.call is None:
        found = parted(api.base_url, api.endpoint, endpoint_counts=_endpoint_counts(api, origins))
    if found is not None:
        changes["base_url"], changes["endpoint"] = found
    if not sends_model(api) and not _chosen(api.model, MODEL, origins):
        changes["model"] = None
    settled = api.model_copy(update=changes)
    notes = () if found is None else (_said(api.base_url, settled.url(settled.base_url)),)
    return config.model_copy(update={"api": settled}), notes


def _endpoint_counts(api: ApiConfig, origins: Origins) -> bool:
    """Whether the endpoint was chosen, and not before base_url was."""
    return _chosen(api.endpoint, ENDPOINT, origins) and _layer(ENDPOINT, origins) >= _layer(BASE_URL, origins)


def _chosen(value: Any, path: KeyPath, origins: Origins) -> bool:
    """Whether a person meant this value: the file that is shipped has the default of every key in it."""
    layer = _layer(path, origins)
    return layer > Layer.FILE or (layer == Layer.FILE and value != ApiConfig.model_fields[path[-1]].default)


def _layer(path: KeyPath, origins: Origins) -> Layer:
    return origins.get(path, DEFAULT_ORIGIN).layer


def _said(base_url: str, url: str) -> str:
    given = mask_url(base_url)
    return f"base_url {given} has a part of the endpoint in it already; requests go to {mask_url(url)}"
