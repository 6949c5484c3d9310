"""Secrets stay out of what is printed and saved: which ones a configuration has, and how it looks without them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

import yaml

from stt_load.config.job import Job
from stt_load.config.model import Config
from stt_load.config.places import values_with_references
from stt_load.config.scalars import Dumper
from stt_load.config.suspicion import MASK, SCHEMES, is_secret, mask_url, pieces
from stt_load.config.variables import filled, items, pairs, references

FEWEST_SECRET_CHARACTERS = 4
"""Anything shorter stands in ordinary words, too: replacing it would hide nothing and spoil every message."""


def secrets(config: Config, environ: Mapping[str, str]) -> tuple[str, ...]:
    """What requests of `config` carry and no report may show: key, password, secret fields. The longest first."""
    api = config.api
    found = {environ.get(api.api_key_env or "", "")}
    for url in (api.base_url, filled(api.proxy or "", environ)):
        found |= _passwords(url)
    for url in (api.base_url, api.endpoint, api.health or "", *_paths(api.job)):
        for name, value in parse_qsl(urlsplit(url).query):
            if is_secret("query", name, value):
                found.update(*map(_written, pieces(value)))
    for section, fields in (("extra_fields", api.extra_fields), ("query", api.query), ("headers", api.headers)):
        for name, value in pairs(fields, environ, api.model):
            if is_secret(section, name, value):
                found.update(*map(_written, pieces(value)))
    for _, text in values_with_references(config):
        values = {environ.get(name, "") for name in references(text)}
        found |= values | set(map(quote, values)) | set(map(quote_plus, values))
    return tuple(sorted((one for one in found if len(one) >= FEWEST_SECRET_CHARACTERS), key=len, reverse=True))


def _paths(job: Job) -> list[str]:
    return [path for path in (job.poll, job.result, job.upload) if path is not None]


def _written(value: str) -> set[str]:
    """All the ways in which `value` stands in a query: as it is, encoded, and encoded where it must be only."""
    return {value, quote(value), quote_plus(value), quote(value, safe="!$&'()*+,;=:@/?")}


def _passwords(url: str) -> set[str]:
    """The password in `url`, in all the ways in which it goes out."""
    address = urlsplit(url)
    if not address.password:
        return set()
    plain = unquote(address.password)
    return {address.password, plain, b64encode(f"{unquote(address.username or '')}:{plain}".encode()).decode()}


def masked(config: Config) -> dict[str, Any]:
    """The whole configuration as JSON values, secrets replaced by `***`."""
    values: dict[str, Any] = config.model_dump(mode="json")
    api = values["api"]
    for name in ("base_url", "endpoint", "health", "proxy"):
        api[name] = api[name] and mask_url(api[name])
    for name in ("poll", "result", "upload"):
        api["job"][name] = api["job"][name] and mask_url(api["job"][name])
    for section in ("extra_fields", "headers", "query"):
        api[section] = {name: _masked_field(section, name, value) for name, value in api[section].items()}
    return values


def _masked_field(section: str, name: str, value: Any) -> Any:
    """`value`, or the mask; names of variables are no secrets, and say where the secret is."""
    literals = [_literal(one) if isinstance(one, str) else str(one) for one in items(value)]
    return MASK if any(one and is_secret(section, name, one) for one in literals) else value


def _literal(text: str) -> str:
    """What is left of `text` without variables, model and the word for a scheme before them."""
    rest = filled(text, {}, "").strip()
    return "" if rest.lower() in SCHEMES else rest


def effective(config: Config) -> str:
    """`config` as YAML with every key, in the model's order, secrets masked."""
    text: str = yaml.dump(masked(config), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
