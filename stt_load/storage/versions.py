"""Which results this program reads, and what those of before lack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stt_load.storage.run_record import ReportError

SCHEMA_VERSION = 8
"""Raised when a figure changes its meaning, or a property goes or moves."""
FIRST_READ = 2
"""The oldest that reports are made of: figures are computed anew from its rows."""
CONFIG_KEYS = (
    "total_requests",
    "warmup_requests",
    "request_delay",
    "measure_for",
    "wait_ready",
    "audio",
    "api",
    "accuracy",
    "report",
    "validity",
)
"""What a report asks of the configuration."""


def current(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """`document`, a result or the header of a spool, as one of `SCHEMA_VERSION`.

    Raises `ReportError` unless it is of a schema that this program knows.
    """
    version = document.get("schema_version")
    blocks = document.get("run"), document.get("config")
    if version is None or not all(isinstance(block, dict) for block in blocks):
        raise ReportError(f"{path} is not a result of stt-load: it lacks schema_version, run or config")
    if version not in range(FIRST_READ, SCHEMA_VERSION + 1):
        changed = "an earlier one, and figures mean something else since" if version == 1 else "another one"
        wrote = document["run"].get("version", "no version given")
        raise ReportError(
            f"{path} has schema version {version}, this stt-load reads {FIRST_READ} to {SCHEMA_VERSION}: it is of "
            f"{changed}. Read it with the stt-load that wrote it ({wrote})"
        )
    found = dict(document)
    for number, made in ((3, _of_3), (4, _of_4), (5, _of_5), (6, _of_6)):
        if version < number:
            found = made(found)
    if missing := [name for name in CONFIG_KEYS if name not in found["config"]]:
        raise ReportError(f"{path} is damaged: its config lacks {', '.join(missing)}")
    return found


def _of_6(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of schema 5: no run had limits of its own to be held against."""
    config = document["config"]
    validity = config.get("validity")
    if isinstance(validity, dict):
        config = {**config, "validity": {"strict_slo": False} | validity}
    return {**document, "config": {"slo": []} | config}


def _of_5(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of schema 4: clips were of one length, as they are, of no file, and none was sent again."""
    config = document["config"]
    if not isinstance(config.get("audio"), dict) or not isinstance(config.get("accuracy"), dict):
        return dict(document)
    audio = {"files": None, "vary": None, "skip_broken": False, "cache_mb": 256} | config["audio"]
    return {**document, "config": {**config, "audio": audio, "accuracy": {"repeat_check": 0} | config["accuracy"]}}


def _of_4(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of schema 3: clips were noise, as WAV, and no answer was held against anything."""
    config = document["config"]
    if not isinstance(config.get("audio"), dict):
        return dict(document)
    audio = {"source": "noise", "format": "wav", "pack": None} | config["audio"]
    accuracy = {"normalise": "auto", "save_transcripts": False}
    return {**document, "config": {"accuracy": accuracy, **config, "audio": audio}}


def _of_3(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document of schema 2: there was one model of load, and the clips' keys stood at the top level of the
    configuration. What its rows lack `samples.rows` knows."""
    run, config = document["run"], dict(document["config"])
    load = {"model": "closed", "users": run.get("users"), "request_delay_s": config.get("request_delay")}
    if "audio_duration" in config and "sample_rate" in config:
        duration, rate = config.pop("audio_duration"), config.pop("sample_rate")
        config["audio"] = {"source": "noise", "duration": duration, "sample_rate": rate}
    return {**document, "config": config, "run": {**run, "load": load}}
