"""What must hold between keys, and between the configuration and its surroundings."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

from stt_load.config.api import TimeHeader
from stt_load.config.clip_rules import clips_have_a_size, recordings_are_named
from stt_load.config.faults import KeyPath
from stt_load.config.gate_rules import gate_can_be_used
from stt_load.config.level_rules import levels_can_be_carried_out, search_has_a_limit
from stt_load.config.load_rules import (
    html_has_a_file_of_its_own,
    junit_has_a_file_of_its_own,
    load_can_be_carried_out,
    slos_go_together,
)
from stt_load.config.model import Config
from stt_load.config.places import Broken, model_has_a_place, references_are_right, variables_are_right
from stt_load.config.spoken import packs_can_be_read, recordings_can_be_read
from stt_load.config.trace_rules import trace_can_be_used
from stt_load.config.words import API_FIELDS
from stt_load.storage.files import OddFileError, read_ordinary

# Mozilla's authorities, all of them, take 0.3 MB.
MOST_BUNDLE_BYTES = 10_000_000

ROWS_SUFFIXES = (".csv", ".jsonl")
TOTAL, WARMUP = ("total_requests",), ("warmup_requests",)
BUNDLE = ("api", "ca_bundle")


def broken_rules(config: Config, environ: Mapping[str, str], *, speaks: bool = True) -> Iterator[Broken]:
    """Every rule that `config` breaks, given the environment variables.

    speaks: this process is to send requests itself, and so needs the API key.
    """
    yield from _warmup_is_below_total(config)
    if config.load.trace is None:
        yield from clips_have_a_size(config.audio)
    yield from recordings_are_named(config.audio)
    yield from references_are_right(config)
    yield from model_has_a_place(config.api)
    if speaks:
        yield from _key_is_set(("api", "api_key_env"), config.api.api_key_env, environ)
        yield from variables_are_right(config, environ)
        yield from _bundle_is_there(config)
    yield from _headers_are_given_once(config)
    yield from _fields_have_a_form(config)
    yield from _stream_has_a_protocol(config)
    yield from _upload_has_a_path(config)
    yield from _rows_have_a_form(config)
    yield from junit_has_a_file_of_its_own(config)
    yield from html_has_a_file_of_its_own(config)
    yield from load_can_be_carried_out(config)
    yield from levels_can_be_carried_out(config)
    yield from search_has_a_limit(config)
    yield from slos_go_together(config)
    yield from gate_can_be_used(config)
    yield from _header_has_its_own_unit(config)
    yield from packs_can_be_read(config)
    yield from recordings_can_be_read(config.audio, config.load.trace)
    yield from trace_can_be_used(config)
    if config.embeds:
        yield from _key_is_set(("embedded", "api_key_env"), config.embedded.api_key_env, environ)


def _warmup_is_below_total(config: Config) -> Iterator[Broken]:
    total, warmup = config.total_requests, config.warmup_requests
    if total is not None and warmup >= total:
        allowed = f"0 to {total - 1}" if total > 1 else "0"
        yield {
            WARMUP: f"is not below total_requests ({total}); choose {allowed}",
            TOTAL: f"is not above warmup_requests ({warmup}); choose {warmup + 1} or more, or a smaller warm-up",
        }


def _key_is_set(path: KeyPath, name: str | None, environ: Mapping[str, str]) -> Iterator[Broken]:
    if name is None or "${" in name:  # which is refused as such
        return
    if not environ.get(name):
        yield {path: "is not set in the environment; set it to the API key, or choose null"}
    elif not re.fullmatch(r"[\x21-\x7e]+", environ[name]):
        yield {path: "holds a key with a space, a line end or a character that no header can carry; set it anew"}


def _headers_are_given_once(config: Config) -> Iterator[Broken]:
    first: dict[str, str] = {}
    for name in config.api.headers:
        other = first.setdefault(name.lower(), name)
        if other != name:
            yield {("api", "headers", name): f"is the same header as {other}; keep one"}
    if config.api.api_key_env and "authorization" in first:
        path = ("api", "headers", first["authorization"])
        yield {path: "is what api_key_env makes, too; keep one of them"}


def _fields_have_a_form(config: Config) -> Iterator[Broken]:
    api = config.api
    if api.protocol != "openai":
        other = "query" if api.protocol == "raw" else "extra_fields"
        for name in ("language", "prompt", "temperature"):
            if getattr(api, name) is not None:
                advice = f"choose null, and `{name}` inside `api.{other}`"
                yield {("api", name): f"is sent by protocol openai only; {advice}"}
    submits = api.protocol == "submit_poll"
    uploads = submits and api.job.uploads
    for name in api.extra_fields:
        path = ("api", "extra_fields", name)
        if api.protocol == "raw" or (submits and api.job.audio == "raw" and not uploads):
            yield {path: "is for a form, and protocol raw has none; choose `api.query` or `api.headers` for it"}
        elif name == api.audio_field and not uploads:
            yield {path: "is given to the form field that carries the audio; choose another name"}
        elif api.protocol == "openai" and name in API_FIELDS:
            yield {path: f"is given to a form field that has a key of its own; choose `{name}` inside `api`"}


def _stream_has_a_protocol(config: Config) -> Iterator[Broken]:
    api = config.api
    if api.stream and (api.protocol == "submit_poll" or api.call is not None):
        other = "api.call" if api.call is not None else "protocol submit_poll"
        yield {("api", "stream"): f"has no meaning with {other}, whose answers are no streams; choose false"}


def _upload_has_a_path(config: Config) -> Iterator[Broken]:
    job = config.api.job
    if config.api.protocol == "submit_poll" and job.audio == "upload" and job.upload is None:
        yield {
            ("api", "job", "audio"): "needs a path in job.upload; choose form or raw, or set that path",
            ("api", "job", "upload"): "is no place for the clip, which job.audio sends there; choose a path",
        }


def _rows_have_a_form(config: Config) -> Iterator[Broken]:
    rows = config.report.rows
    if rows is not None and Path(rows).suffix not in ROWS_SUFFIXES:
        yield {("report", "rows"): f"ends with neither {' nor '.join(ROWS_SUFFIXES)}; choose one of them, or null"}
    elif rows is not None and config.save_path is not None and Path(rows) == Path(config.save_path):
        yield {("report", "rows"): "is the file of save_path; choose another one, or null"}


def _header_has_its_own_unit(config: Config) -> Iterator[Broken]:
    found = config.api.response
    if isinstance(found.processing_time, TimeHeader) and found.processing_time_unit != "s":
        unit = found.processing_time_unit
        yield {
            ("api", "response", "processing_time_unit"): "is the unit of a time in a JSON answer, and "
            f"processing_time is a header; choose s, and `unit: {unit}` inside `processing_time`"
        }


def _bundle_is_there(config: Config) -> Iterator[Broken]:
    bundle = config.api.ca_bundle
    if bundle is None or "${" in bundle:  # which is refused as such
        return
    try:
        read_ordinary(Path(bundle), MOST_BUNDLE_BYTES)
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=bundle)
    except OddFileError as error:
        yield {BUNDLE: f"holds no certificate to be read: it is {error.strerror}; choose a PEM file, or null"}
    except (OSError, ValueError) as error:  # an SSLError is one, too
        problem = getattr(error, "strerror", error)
        why = "holds no certificate" if isinstance(error, ssl.SSLError) else f"can't be read: {problem}"
        yield {BUNDLE: f"{why}; choose a PEM file, or null"}
