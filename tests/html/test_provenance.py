"""What made the figures of a page."""

from __future__ import annotations

from pathlib import Path

import yaml

from stt_load.config import Config
from stt_load.html.blocks import Folded, Table
from stt_load.html.provenance import provenance
from stt_load.report.messages import Messages
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord
from tests.report.runs import run_of, steady
from tests.storage.trying import search_of

SAY = Messages("en")


def rows(record: RunRecord | LevelsRecord) -> dict[str, str]:
    (found,) = [block for block in provenance(SAY, record).blocks if isinstance(block, Table)]
    return {row[0]: row[1] for row in found.rows}


def folded(record: RunRecord | LevelsRecord) -> dict[str, str]:
    return {block.summary: block.code or "" for block in provenance(SAY, record).blocks if isinstance(block, Folded)}


def test_where_when_and_with_what_it_was() -> None:
    found = rows(run_of(steady(), path=Path("/there/result.json"), workers=("a", "b"), seed_given=True))
    assert found["Target"] == "http://127.0.0.1:8000/v1/audio/transcriptions"
    assert found["Started"] == "2024-01-01T12:00:00.000+09:00"
    assert found["Versions"] == "stt-load 0.1.0, python 3.11.9, locust 2.47.0"
    assert found["Load generator's host"] == "here, Linux"
    assert found["Seed"].startswith("7 (given")
    assert found["Worker processes"] == "a, b"
    assert found["Result"] == "/there/result.json"
    assert "Worker processes" not in rows(run_of(steady())), "one process has none"


def test_what_has_a_row_of_its_own_is_said_once() -> None:
    said = rows(run_of(steady()))["Requests"]
    assert "model whisper-1" in said
    assert "127.0.0.1" not in said
    assert "config.yaml" not in said


def test_the_configuration_is_whole_and_without_secrets() -> None:
    config = Config.model_validate({"api": {"headers": {"X-Api-Key": "sk-very-secret-0123456789"}}})
    text = folded(run_of(steady(), config))["The whole configuration (secrets masked)"]
    assert yaml.safe_load(text)["concurrent_requests"] == config.concurrent_requests
    assert "very-secret" not in text


def test_the_report_of_the_console_is_there_as_it_stands() -> None:
    text = folded(run_of(steady()))["The report of the console"]
    assert "  Median: 0.500 s" in text.splitlines()


def test_a_run_of_levels_has_one_as_well() -> None:
    record = search_of()
    assert rows(record)["Target"] == record.info.target
    assert "Concurrent requests" not in rows(record), "each level has its own"
    assert folded(record)["The report of the console"]
