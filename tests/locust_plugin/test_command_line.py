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
        ("", ["--rate", "12", "-r", "2"], ["--spawn-rate", "load.rate (12, --rate)"]),
        ("", ["--rate", "12", "--stages", "5 for 60"], ["--stages", "excludes load.rate (12, --rate)"]),
        ("", ["--slo", "p95(response_time_s) < 2", "--slo", "p95(nothing) < 2"], ["--slo", "slo.1", "nothing"]),
        ("load: {rate: 3}\nrequest_delay: 1", [], ["line 2", "request_delay", "load.rate (3, line 1)"]),
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


def test_slos_are_given_one_by_one_and_all_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In place of the file's. In a variable they are one text, in a file of Locust's a list."""
    monkeypatch.delenv("STT_LOAD_SLO", raising=False)
    file = CONFIG + "slo: [error_rate < 5%]"

    def limits(*words: str) -> list[str]:
        ours, options = command_line(monkeypatch, tmp_path, file, *words)
        return [entry["limit"] for entry in ours.config_of(vars(options), options.host).slo]

    assert limits() == ["error_rate < 5%"]
    assert limits("--slo", "error_rate < 1%", "--slo", "shed_rate == 0") == ["error_rate < 1%", "shed_rate == 0"]
    (tmp_path / "locust.conf").write_text("slo = [error_rate < 2%, shed_rate == 0]\n", encoding="utf-8")
    assert limits() == ["error_rate < 2%", "shed_rate == 0"]
    monkeypatch.setenv("STT_LOAD_SLO", "error_rate < 3%; shed_rate == 0")
    assert limits() == ["error_rate < 3%", "shed_rate == 0"]
    assert limits("--slo", "error_rate < 1%") == ["error_rate < 1%"]


def test_users_of_an_open_loop_are_those_of_the_warm_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "--rate", "12", "-u", "7")
    config = ours.config_of(vars(options), options.host)
    assert (config.concurrent_requests, config.load.max_in_flight, config.load.rate) == (7, 1000, 12)
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "--rate", "12")
    assert (options.num_users, options.rate, options.slo, options.stages) == (3, "12", "", "")


def test_a_ramp_from_below_is_ignored_with_a_rate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCUST_SPAWN_RATE", "2")
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "--rate", "12")
    assert (
        "spawn_rate (2.0, LOCUST_SPAWN_RATE) is ignored: with load.rate (12, --rate) all" in capsys.readouterr().err
    )
    ours.config_of(vars(options), options.host)
    assert capsys.readouterr().err == ""


SEARCH = ("--slo", "p95(response_time_s) < 2", "--search", "users to 64")


def test_a_search_and_its_levels_come_from_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Users of the file, or of the environment below, are not the ones that a level has."""
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, *SEARCH)
    assert (options.search, options.levels, options.total_requests) == ("users to 64", "", "")
    config = ours.config_of(vars(options), options.host)
    assert (config.level_axis, config.locust_users, config.total_requests) == ("users", 1, None)
    assert [entry["limit"] for entry in config.slo] == ["p95(response_time_s) < 2", "error_rate < 1%"]
    config = ours.config_of(vars(options) | {"levels": "users 2, 4 for 50 requests"}, options.host)
    assert (config.load.search, config.load.levels) == (None, {"users": [2, 4], "requests": 50})
    assert len(config.slo) == 1, "what a search adds goes with it"
    monkeypatch.setenv("STT_LOAD_LEVELS", "rate 5, 10")
    monkeypatch.setenv("LOCUST_USERS", "9")
    ours, options = command_line(monkeypatch, tmp_path, CONFIG)
    config = ours.config_of(vars(options), options.host)
    assert (options.levels, config.locust_users, config.concurrent_requests) == ("rate 5, 10", 1000, 9)


def test_users_on_the_command_line_and_a_search_without_a_limit_end_with_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, said in (
        (
            (*SEARCH, "-u", "8"),
            "--users: 1 problem\n  concurrent_requests: 8 is a number of users, and load.search (",
        ),
        (("--levels", "users 1, 2", "-u", "8"), "and load.levels (users 1, 2, --levels) says how many there are"),
        (SEARCH[2:], "search needs a latency limit, such as --slo 'p95(response_time_s) < 2'\n"),
    ):
        with pytest.raises(SystemExit) as caught:
            command_line(monkeypatch, tmp_path, CONFIG, *words)
        assert caught.value.code == 2
        assert said in capsys.readouterr().err
    monkeypatch.setenv("LOCUST_USERS", "9")
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, *SEARCH)
    assert "concurrent_requests (9, LOCUST_USERS) is ignored: load.search (" in capsys.readouterr().err
    assert ours.config_of(vars(options), options.host).locust_users == 1


def test_what_a_form_says_of_the_load_counts_over_all_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "--stages", "5 for 60")
    changed = vars(options) | {"rate": "7", "slo": "error_rate < 1%; shed_rate == 0"}
    config = ours.config_of(changed, options.host)
    assert (config.load.rate, config.load.stages, len(config.slo), config.total_requests) == (7, None, 2, 30)
    with pytest.raises(ConfigError, match="nobody pauses; choose 0"):
        ours.config_of(changed | {"request_delay": "1"}, options.host)


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


def test_what_a_higher_place_has_replaced_is_not_said_again_by_the_form(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though its field shows it: nobody has changed it there."""
    monkeypatch.setenv("STT_LOAD_MEASURE_FOR", "60")
    ours, options = command_line(monkeypatch, tmp_path, CONFIG, "--stages", "5  for 60")
    told = capsys.readouterr().err
    assert "load.stages (5  for 60, --stages) replaces measure_for (60, STT_LOAD_MEASURE_FOR)" in told
    config = ours.config_of(vars(options), options.host)
    assert (config.measure_for, config.total_requests, config.load.stages) == (None, None, [{"rate": 5, "for": 60}])
    assert ours.config_of(vars(options) | {"measure_for": "30"}, options.host).measure_for == 30
    assert "replaces" in capsys.readouterr().err
