"""What comes after a request that went well."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from stt_load.cli import config_commands, next_run
from stt_load.config import Config, load, masked


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    config_commands.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONFIG_PATH", raising=False)
    return tmp_path


def test_the_command_has_the_options_that_were_given() -> None:
    args = arguments("-H", "http://127.0.0.1:8000", "--prompt", "it's", "-u", "3")
    assert next_run.command(args, None) == (
        """stt-load run --headless --host http://127.0.0.1:8000 --users 3 --prompt 'it'"'"'s'"""
    )


def test_where_there_is_a_locustfile_of_ours_it_is_locusts(elsewhere: Path) -> None:
    (elsewhere / "locustfile.py").write_text("from locust import HttpUser\n", encoding="utf-8")
    assert next_run.command(arguments(), None) == "stt-load run --headless"
    (elsewhere / "locustfile.py").write_text("from stt_load import install\n", encoding="utf-8")
    assert next_run.command(arguments(), None) == "locust --headless"


@pytest.mark.parametrize(
    ("words", "saved", "environ", "line"),
    [
        (["mine.yaml"], None, "", "CONFIG_PATH=mine.yaml stt-load run --headless"),
        (["config.yaml"], None, "", "stt-load run --headless"),
        (["config.yaml"], None, "other.yaml", "CONFIG_PATH=config.yaml stt-load run --headless"),
        ([], None, "other.yaml", "stt-load run --headless"),
        (["-u", "3"], "config.yaml", "", "stt-load run --headless"),
        (["-u", "3"], "new one.yaml", "", "CONFIG_PATH='new one.yaml' stt-load run --headless"),
        (["-u", "3"], "config.yaml", "other.yaml", "CONFIG_PATH=config.yaml stt-load run --headless"),
    ],
)
def test_the_file_that_it_takes(
    words: list[str], saved: str | None, environ: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if environ:
        monkeypatch.setenv("CONFIG_PATH", environ)
    assert next_run.command(arguments(*words), None if saved is None else Path(saved)) == line


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"total_requests": 70, "audio": {"duration": 2.5}},
        {"api": {"base_url": "http://127.0.0.1:8000", "headers": {"x-key": "${NAME}"}, "language": "ko"}},
        {"api": {"preset": "deepgram"}},
    ],
)
def test_what_is_saved_is_what_was_in_effect(values: dict[str, Any], elsewhere: Path) -> None:
    begun = elsewhere / "begun.yaml"
    begun.write_text(str(values), encoding="utf-8")
    environ = {"NAME": "secret-of-mine", "DEEPGRAM_API_KEY": "secret-of-mine"}
    config = load(begun, environ=environ).config
    saved = elsewhere / "saved.yaml"
    assert next_run.save(config, saved) == []
    assert masked(load(saved, environ=environ).config) == masked(config)
    assert "secret-of-mine" not in saved.read_text(encoding="utf-8")


def test_secrets_are_left_out_and_named() -> None:
    api = {
        "base_url": "http://me:hunter2hunter2@127.0.0.1:8000",
        "headers": {"X-Session": "hunter2hunter2", "X-Plain": "1"},
        "extra_fields": {"password": "hunter2hunter2"},
    }
    values, left_out = next_run.settings(Config.model_validate({"api": api}))
    assert values == {"api.base_url": "http://127.0.0.1:8000", "api.headers": {"X-Plain": "1"}}
    assert left_out.pop(0).startswith("the password of api.base_url")
    assert sorted(left_out) == ["api.extra_fields.password", "api.headers.X-Session"]


def test_a_file_that_is_there_is_not_replaced(elsewhere: Path) -> None:
    saved = elsewhere / "config.yaml"
    saved.write_text("seed: 3\n", encoding="utf-8")
    with pytest.raises(FileExistsError):
        next_run.save(Config(), saved)
    assert saved.read_text(encoding="utf-8") == "seed: 3\n"
