"""Our options among Locust's, with Locust's own parser and no process."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from locust.argument_parser import get_parser

from stt_load.config import Config, ConfigError
from stt_load.locust_plugin import command_line as command_lines
from tests.locusts import Nobody, command_line

Other = Nobody
CONFIG = "total_requests: 30\nwarmup_requests: 4\nconcurrent_requests: 3\napi: {base_url: 'http://service.test'}\n"


def ended(monkeypatch: pytest.MonkeyPatch, folder: Path, config: str, *words: str) -> Any:
    """The exit code of a command line that ends the program."""
    with pytest.raises(SystemExit) as end:
        command_line(monkeypatch, folder, config, *words)
    return end.value.code


def test_the_file_becomes_locusts_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, options = command_line(monkeypatch, tmp_path, CONFIG)
    assert (options.num_users, options.spawn_rate, options.host) == (3, 3.0, "http://service.test")
    assert (options.loglevel, options.only_summary, options.stop_timeout) == ("WARNING", True, 30.0)
    assert options.total_requests == "30"


def test_without_a_file_everything_has_its_default_and_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, options = command_line(monkeypatch, tmp_path, None, "--seed", "7")
    config = ours.config_of(vars(options), options.host)
    assert (config, ours.file) == (Config(seed=7), None)
    advice = "all keys have their defaults (`stt-load init` writes one)"
    assert capsys.readouterr().err == f"stt-load: no config.yaml in {tmp_path}: {advice}\n"


@pytest.mark.parametrize("word", ["-l", "--show-task-ratio", "--show-task-ratio-json"])
def test_who_only_looks_needs_no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str) -> None:
    _, options = command_line(monkeypatch, tmp_path, "total_requests: none", word, default_user="Nobody")
    assert options.user_classes == ["Nobody"]
    assert ended(monkeypatch, tmp_path, "total_requests: none") == 2


@pytest.mark.parametrize(
    ("env", "conf", "words", "total"),
    [
        ({}, "", [], 30),
        ({}, "total-requests = 40\n", [], 40),
        ({"STT_LOAD_TOTAL_REQUESTS": "50"}, "total-requests = 40\n", [], 50),
        ({"STT_LOAD_TOTAL_REQUESTS": "50"}, "total-requests = 40\n", ["--total-requests", "60"], 60),
    ],
)
def test_who_is_nearer_to_the_person_has_the_last_word(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, env: dict[str, str], conf: str, words: list[str], total: int
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "locust.conf").write_text(conf, encoding="utf-8")
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, *words)
    assert ours.config_of(vars(options), options.host).total_requests == total


def test_the_default_user_is_spawned_unless_another_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, options = command_line(monkeypatch, tmp_path, CONFIG, default_user="Nobody")
    assert options.user_classes == ["Nobody"]
    _, options = command_line(monkeypatch, tmp_path, CONFIG, "Other", default_user="Nobody")
    assert options.user_classes == ["Other"]


@pytest.mark.parametrize(
    ("config", "words", "said"),
    [
        ("warmup_request: 3\n", [], ["warmup_requests", "line 1"]),
        ("", ["--warmup-requests", "200"], ["200", "total_requests"]),
        ("", ["-H", "localhost:8000"], ["localhost:8000"]),
        ("", ["--total-requests", "x", "--stream", "maybe"], ["--total-requests", "--stream"]),
        ("api: {call: 'nothing.py:call'}\n", [], ["api.call nothing.py:call"]),
    ],
)
def test_what_is_wrong_ends_with_2_all_of_it_at_once(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    config: str,
    words: list[str],
    said: list[str],
) -> None:
    assert ended(monkeypatch, tmp_path, config, *words) == 2
    told = capsys.readouterr().err
    for part in said:
        assert part in told


def test_a_worker_needs_no_file_and_does_not_care_for_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, options = command_line(monkeypatch, tmp_path, "no: such key\n", "--worker")
    assert options.worker
    assert options.total_requests is None


def test_a_master_whose_port_is_taken_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
        assert ended(monkeypatch, tmp_path, CONFIG, *words) == 2
    assert f"can't listen to workers at 127.0.0.1:{port}" in capsys.readouterr().err


def test_the_file_is_read_once_however_often_the_page_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours, _ = command_line(monkeypatch, tmp_path, CONFIG)
    (tmp_path / "config.yaml").unlink()
    parser = get_parser(default_config_files=[])
    ours.extend(parser)
    assert parser.parse_args([]).total_requests == "30"


def test_what_the_form_says_counts_and_only_what_it_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "--warmup-requests", "6")
    config = ours.config_of(vars(options) | {"total_requests": "20"}, "http://other.test")
    assert (config.total_requests, config.warmup_requests) == (20, 6)
    assert config.api.base_url == "http://other.test"
    with pytest.raises(ConfigError, match="the form's total-requests"):
        ours.config_of(vars(options) | {"total_requests": "many"}, options.host)


def test_a_password_is_known_again_by_what_is_shown_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "-H", "http://me:secret@service.test")
    shown = ours.shown("http://me:secret@service.test")
    assert "secret" not in shown
    assert ours.config_of(vars(options), shown).api.base_url == "http://me:secret@service.test"


LISTENING: list[tuple[dict[str, str], str, list[str], tuple[str, str]]] = [
    ({}, "", [], ("127.0.0.1", "*")),
    ({}, "", ["--processes", "2"], ("127.0.0.1", "127.0.0.1")),
    ({"LOCUST_PROCESSES": "-1"}, "", [], ("127.0.0.1", "127.0.0.1")),
    ({}, "processes = 2\n", ["--master-host", "localhost"], ("127.0.0.1", "127.0.0.1")),
    # Others are to reach it.
    ({}, "", ["--master"], ("127.0.0.1", "*")),
    ({}, "", ["--processes", "2", "--worker"], ("127.0.0.1", "*")),
    ({}, "", ["--processes", "2", "--master-host", "10.0.0.7"], ("127.0.0.1", "*")),
    # Told otherwise.
    ({}, "", ["--web-host", "0.0.0.0", "--processes", "2", "--master-bind-host", "*"], ("0.0.0.0", "*")),
    ({"LOCUST_WEB_HOST": "*", "LOCUST_MASTER_BIND_HOST": "*"}, "", ["--processes", "2"], ("*", "*")),
    ({}, "web-host = 10.0.0.7\nmaster-bind-host = 10.0.0.7\n", ["--processes", "2"], ("10.0.0.7", "10.0.0.7")),
    ({}, "", ["--web-host", ""], ("", "*")),
]


@pytest.mark.parametrize(("env", "conf", "words", "at"), LISTENING, ids=str)
def test_page_and_master_listen_on_loopback_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    env: dict[str, str],
    conf: str,
    words: list[str],
    at: tuple[str, str],
) -> None:
    monkeypatch.setattr(command_lines, "check_port", lambda *_: None)  # it would try to bind there
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "locust.conf").write_text(conf, encoding="utf-8")
    _, options = command_line(monkeypatch, tmp_path, CONFIG, *words)
    assert (options.web_host, options.master_bind_host) == at


def test_the_port_is_tried_where_it_will_be_listened_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[tuple[str, int, str]] = []
    monkeypatch.setattr(command_lines, "check_port", lambda *place: tried.append(place))
    for words in (["--processes", "2"], ["--master"], ["--processes", "2", "--master-bind-host", "*"]):
        command_line(monkeypatch, tmp_path, CONFIG, *words)
    assert [place[:2] for place in tried] == [("127.0.0.1", 5557), ("*", 5557), ("*", 5557)]


def test_what_was_configured_stays_known_whatever_the_form_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours, options = command_line(monkeypatch, tmp_path, CONFIG)
    ours.config_of(vars(options) | {"total_requests": "20"}, "http://other.test")
    assert (ours.configured.api.base_url, ours.configured.total_requests) == ("http://service.test", 30)


@pytest.mark.parametrize("place", ["file", "command line", "form"])
def test_a_key_in_the_endpoint_is_sent_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    """Locust's page has all options of the form in it."""
    secret = "/v1/listen?api_key=s3cret-word&tier=2"
    config = CONFIG.replace("}", f", endpoint: '{secret}'}}") if place == "file" else CONFIG
    words = ["--endpoint", secret] if place == "command line" else []
    ours, options = command_line(monkeypatch, tmp_path, config, *words)
    if place == "form":
        ours.config_of(vars(options) | {"endpoint": secret}, options.host)
    else:
        assert "s3cret" not in str(vars(options))
        assert ours.configured.api.endpoint == secret
        assert ours.config_of(vars(options), options.host).api.endpoint == secret
    shown = "/v1/listen?api_key=***&tier=2"
    assert ours.config_of(vars(options) | {"endpoint": shown}, options.host).api.endpoint == secret
    assert ours.config_of(vars(options) | {"endpoint": "/other"}, options.host).api.endpoint == "/other"
    # Another one that is typed in counts from then on, however often the page is looked at.
    another = secret.replace("s3cret", "an0ther")
    assert ours.config_of(vars(options) | {"endpoint": another}, options.host).api.endpoint == another
    parser = get_parser(default_config_files=[])
    ours.extend(parser)
    parser.parse_args(words)
    assert ours.config_of(vars(options) | {"endpoint": shown}, options.host).api.endpoint == another


@pytest.mark.parametrize("host", ["http://[::1%lo]:80", "http://[fe80::1%25eth0]"])
def test_a_host_with_a_zone_is_refused_wherever_it_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    assert ended(monkeypatch, tmp_path, CONFIG, "-H", host) == 2
    assert "has a zone" in capsys.readouterr().err
    ours, options = command_line(monkeypatch, tmp_path, CONFIG)
    with pytest.raises(ConfigError, match="the form's host"):
        ours.config_of(vars(options), host)


def test_of_two_defaults_the_last_one_counts_and_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, default_user="Nobody")
    for again, spawned in [("Nobody", ["Nobody"]), ("Other", ["Other"]), (None, None)]:
        ours.default_again(again)
        parser = get_parser(default_config_files=[])
        ours.extend(parser)
        assert (parser.parse_args([]).user_classes or None) == spawned
    said = capsys.readouterr().err
    assert said == (
        "stt-load: install() was called more than once; the last one's user classes are spawned: Other\n"
        "stt-load: install() was called more than once; the last one's user classes are spawned: all that there are\n"
    )
    monkeypatch.setattr("sys.argv", ["locust", "Nobody"])
    ours.extend(get_parser(default_config_files=[]))
    assert capsys.readouterr().err == "", "whoever names the class knows it"
    assert options.user_classes == ["Nobody"]


def test_a_host_that_has_the_endpoint_in_it_means_the_same_at_every_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Locust hands back the host as it was given; that is no change of the form's."""
    words = ["-H", "http://me:secret-1@h/v1/audio/translations", "--endpoint", "/v1/audio/transcriptions"]
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, *words)
    for host in (options.host, ours.shown(options.host)):
        api = ours.config_of(vars(options), host).api
        assert api.url(api.base_url) == "http://me:secret-1@h/v1/audio/transcriptions"
    said = capsys.readouterr().err
    assert said.count("requests go to http://***@h/v1/audio/transcriptions") == 1
    assert "secret-1" not in said
    api = ours.config_of(vars(options), "http://other.test/v1").api
    assert api.url(api.base_url) == "http://other.test/v1/audio/transcriptions"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("http://other.test/x", "http://other.test/x/audio/translations"),
        ("http://other.test", "http://other.test/audio/translations"),
        ("http://other.test/v1/audio/transcriptions", "http://other.test/v1/audio/transcriptions"),
        ("http://h/x", "http://h/x/audio/translations"),
    ],
)
def test_the_endpoint_that_the_form_shows_counts_whatever_the_host_becomes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str, url: str
) -> None:
    """It was taken out of the host that is configured; another host in the form does not take it away."""
    config = "api: {base_url: 'http://h/x/audio/translations'}\n"
    ours, options = command_line(monkeypatch, tmp_path, config)
    assert (options.host, options.endpoint) == ("http://h/x", "/audio/translations")
    api = ours.config_of(vars(options), host).api
    assert api.url(api.base_url) == url


def test_a_model_in_the_form_goes_where_it_has_its_place_or_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for api, sent in [("query: {m: '{model}'}, model: a", True), ("query: {m: large}", False)]:
        config = f"api: {{base_url: 'http://h', protocol: raw, {api}}}\n"
        ours, options = command_line(monkeypatch, tmp_path, config)
        assert options.model == ("a" if sent else "")
        changed = vars(options) | {"model": "other"}
        if sent:
            assert ours.config_of(changed, options.host).api.model == "other"
        else:
            with pytest.raises(ConfigError, match="the form's model"):
                ours.config_of(changed, options.host)
        assert ours.config_of(vars(options), options.host).api.model == ("a" if sent else None)
