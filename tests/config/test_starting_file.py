"""The file that somebody begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.config import Config, load
from stt_load.config.keys import keys
from stt_load.config.starting_file import text


def config_of(folder: Path, file: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(file, encoding="utf-8")
    loaded = load(path, environ={"DEEPGRAM_API_KEY": "x", "KEY": "x"})
    assert not any("gives way" in note for note in loaded.notes)
    return loaded.config


def lines_of(file: str) -> list[str]:
    return [line for line in file.splitlines() if line and not line.startswith("#")]


def test_it_is_short_and_every_line_has_a_comment() -> None:
    lines = lines_of(text())
    assert len(lines) <= 15
    assert all(" # " in line for line in lines)
    assert all(len(line) <= 118 for line in text().splitlines())


def test_it_changes_nothing_also_when_every_line_counts(tmp_path: Path) -> None:
    assert config_of(tmp_path, text()) == Config()
    whole = text().replace("\n  # ", "\n  ")
    assert "  base_url: embedded" in whole
    assert config_of(tmp_path, whole) == Config()


@pytest.mark.parametrize(
    "values",
    [
        {"total_requests": 70, "seed": 3, "drain_s": None},
        {"api.base_url": "http://127.0.0.1:8000", "api.language": "ko", "api.stream": True},
        {"api.model": "1e3", "api.prompt": "two\nlines, a: colon # and\ttabs", "api.temperature": 0.2},
        {
            "api.headers": {"x-one": "1e3", "x-two": "${KEY}"},
            "api.extra_fields": {"timestamp_granularities[]": ["word", "segment"], "n": 3},
        },
        {"embedded.slots": 3, "api.timeout.read": 3.0, "api.timeout.total": 9.0, "validity.strict": True},
    ],
)
def test_what_is_given_is_what_is_read(values: dict[str, Any], tmp_path: Path) -> None:
    config = config_of(tmp_path, text(values)).model_dump(mode="json")
    for name, value in values.items():
        place = config
        for part in name.split("."):
            place = place[part]
        assert place == value, name


def test_what_is_given_stands_where_it_belongs() -> None:
    file = text({"api.timeout.read": 3, "embedded.slots": 2, "api.response.text": "said", "drain_s": 5})
    assert file.index("drain_s: 5\n") < file.index("\naudio:")
    assert file.endswith("  response:\n    text: said\n  timeout:\n    read: 3\n\nembedded:\n  slots: 2\n")


def test_a_preset_is_not_overridden_by_the_lines_below_it(tmp_path: Path) -> None:
    file = text({"api.preset": "deepgram"})
    assert "  preset: deepgram " in file
    assert "  # model: nova-3 " in file, "what is in effect"
    config = config_of(tmp_path, file).api
    assert (config.base_url, config.model, config.protocol) == ("https://api.deepgram.com", "nova-3", "raw")


def test_it_names_keys_that_there_are() -> None:
    with pytest.raises(ValueError, match="modell"):
        text({"api.modell": "x"})
    assert ("api", "model") in keys()
