"""User classes that are asked for and those that there are."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from locust import User
from locust.argument_parser import get_parser

from stt_load.locust_plugin import user_classes
from stt_load.locust_plugin.command_line import CommandLine
from tests import locusts
from tests.locusts import command_line


class Abstract(User):
    abstract = True


Alias = locusts.Nobody


def test_a_task_that_weighs_more_is_one_task() -> None:
    def ours(_: object) -> None: ...
    def other(_: object) -> None: ...

    first, second, third = user_classes.own_tasks([ours, other, ours], ours)
    assert first is third is not ours
    assert second is other


def test_those_are_known_that_a_locustfile_calls_so() -> None:
    names = user_classes.names()
    assert {"Nobody", "Alias"} <= names
    assert not {"Abstract", "User", "HttpUser"} & names


@pytest.mark.parametrize("words", [["Unknown"], ["Nobody", "Unknown"], ["--headless", "Unknown", "-t", "3s"]])
def test_an_unknown_one_ends_with_2_and_the_known_ones_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line(monkeypatch, tmp_path, "", *words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("there is no user class Unknown; the locustfile has ")
    assert "Nobody" in said


def test_the_environments_are_looked_at_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCUST_USER_CLASSES", "Nobody Unknown")
    with pytest.raises(SystemExit) as ended:
        command_line(monkeypatch, tmp_path, "")
    assert ended.value.code == 2
    assert "there is no user class Unknown" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--headless", "--audio-lenght", "3"], "there is no option --audio-lenght; did you mean --audio-duration?"),
        (["--total-requets=3"], "there is no option --total-requets; did you mean --total-requests?"),
        (["--hedless", "Nobody"], "there is no option --hedless; did you mean --headless?"),
        (["--xyzzyx", "3"], "there is no option --xyzzyx"),
        (["--audio-dur", "3", "Unknown"], "there is no user class Unknown; the locustfile has "),
    ],
)
def test_a_misspelt_option_is_no_user_class(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line(monkeypatch, tmp_path, "", *words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(said)


def test_known_ones_are_taken_in_their_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, options = command_line(monkeypatch, tmp_path, "", "Nobody", "Alias")
    assert options.user_classes == ["Nobody", "Alias"]


def test_the_value_of_an_option_that_another_listener_adds_is_no_user_class(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Only Locust's own parse, after all listeners, knows that it is a value."""
    (tmp_path / "config.yaml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = ["--theirs", "value", "Nobody"]
    monkeypatch.setattr("sys.argv", ["locust", *words])
    parser = get_parser(default_config_files=[])
    CommandLine(None).extend(parser)
    parser.add_argument("--theirs")
    options = parser.parse_args(words)
    assert (options.theirs, options.user_classes) == ("value", ["Nobody"])


def test_where_nothing_is_known_locust_has_its_own_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_classes.sys, "modules", {"locustfile": ModuleType("locustfile")})
    assert user_classes.names() == set()
    assert user_classes._unknown_class("Anything") is None
