"""The main job by real `locust --headless` processes, against the embedded server's own log."""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.selftest.prediction import requests
from tests.processes.echoing import echoing
from tests.processes.running import against, check_code, quick, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust
BOTH = pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])


@BOTH
def test_the_first_m_are_dropped_and_the_rest_measured(tmp_path: Path, user_class: str) -> None:
    with logged_server(
        tmp_path, overhead_s=0.1, rtf=0.0, jitter="none", cold_requests=10, cold_extra_s=0.4
    ) as server:
        ran = run(tmp_path, against(server.url, 40, 10, 5), user_class)
        truths = server.truths()
    check_code(ran, 0)
    result = ran.result
    warm, measured = rows(result, "warmup"), rows(result, "measured")
    assert (len(warm), len(measured)) == (10, 30)
    assert {row["seq"] for row in warm} == set(range(10))
    assert {row["seq"] for row in measured} == set(range(10, 40))
    assert max(row["done_s"] for row in warm) <= 0 <= min(row["start_s"] for row in measured)
    assert result["metrics"]["requests"] == {"total": 30, "succeeded": 30, "failed": 0, "unfinished": 0}
    assert result["warmup"]["requests"] == 10
    assert result["run"]["complete"] is True
    assert result["run"]["user_class"] == user_class
    assert len(truths) == 40, "one request on the wire for each job"
    assert len({truth["audio_hash"] for truth in truths}) == 40, "no clip twice"
    assert {truth["audio_s"] for truth in truths} == {0.5}


def test_a_cold_start_never_touches_a_number(tmp_path: Path) -> None:
    with logged_server(
        tmp_path, overhead_s=0.2, rtf=0.0, jitter="none", cold_requests=10, cold_extra_s=2.8
    ) as server:
        ran = run(tmp_path, against(server.url, 60, 10, 5))
    figures = ran.result["metrics"]["response_time_s"]
    assert figures["min"] >= 0.2
    assert figures["max"] < 1.0, "3 s answers were in the warm-up"
    assert ran.result["warmup"]["mean_s"] >= 3.0


@BOTH
@pytest.mark.parametrize(("slots", "users"), [pytest.param(4, 4, marks=pytest.mark.slow), (2, 6)])
def test_every_response_time_is_what_the_servers_log_predicts(
    tmp_path: Path, slots: int, users: int, user_class: str
) -> None:
    settings = {"slots": slots, "overhead_s": 0.08, "rtf": 0.0, "jitter": "exponential", "jitter_s": 0.03}
    with logged_server(tmp_path, cold_requests=0, **settings) as server:
        ran = run(tmp_path, against(server.url, 110, 10, users), user_class)
        seen = requests(ran.result, server.truths(), slots)
    assert len(seen) == 110
    lags = [one.error_s for one in seen]
    assert min(lags) > -0.0005, "no answer before the server could have given it"
    lags.sort()
    assert lags[len(lags) // 2] < 0.015, "within 15 ms of the truth: at least half, on however noisy a machine"


@pytest.mark.parametrize(
    ("total", "warmup", "users", "words"),
    [
        (12, 0, 4, []),
        pytest.param(12, 11, 3, [], marks=pytest.mark.slow),
        pytest.param(6, 2, 15, [], marks=pytest.mark.slow),
        pytest.param(1, 0, 1, [], marks=pytest.mark.slow),
        pytest.param(30, 6, 6, ["-u", "6", "-r", "3"], marks=pytest.mark.slow),
    ],
)
def test_exactly_m_and_n_minus_m_whatever_the_users(
    tmp_path: Path, total: int, warmup: int, users: int, words: list[str]
) -> None:
    with logged_server(tmp_path, overhead_s=0.1, rtf=0.0, jitter="none", cold_requests=0) as server:
        ran = run(tmp_path, against(server.url, total, warmup, users), *words)
        assert len(server.truths()) == total
    check_code(ran, 0)
    assert len(rows(ran.result, "warmup")) == warmup
    assert len(rows(ran.result, "measured")) == total - warmup


def test_each_users_first_request_comes_before_anyones_second(tmp_path: Path) -> None:
    """Eight users, eight warm-up requests, all in flight at the same time: nobody had two."""
    ran = run(tmp_path, quick(24, 8, 8))
    warm = rows(ran.result, "warmup")
    assert max(row["start_s"] for row in warm) < min(row["done_s"] for row in warm)
    assert all(row["users"] == 8 for row in rows(ran.result, "measured"))


def test_a_ramp_gives_a_row_per_level(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(60, 2, 3), "-u", "3", "-r", "1")
    levels = ran.result["levels"]
    assert [level["first"] for level in levels] == sorted({row["users"] for row in rows(ran.result, "measured")})
    assert len(levels) > 1
    assert sum(level["figures"]["requests"]["total"] for level in levels) == 58


def test_failures_are_typed_counted_and_end_with_1(tmp_path: Path) -> None:
    with logged_server(tmp_path, overhead_s=0.1, rtf=0.0, cold_requests=0, error_rate=0.3, seed=3) as server:
        ran = run(tmp_path, against(server.url, 60, 6, 6))
        failed = sum(truth["status"] == 500 for truth in server.truths())
    assert failed > 3
    check_code(ran, 1)
    outcomes = [row["error_kind"] for row in ran.result["requests"]]
    assert outcomes.count("http_5xx") == failed
    measured = [row["error_kind"] for row in rows(ran.result, "measured")]
    assert ran.result["metrics"]["failures"] == {"http_5xx": measured.count("http_5xx")}
    assert ran.result["metrics"]["response_time_s"]["n"] == measured.count(None)
    error = next(row["error"] for row in ran.result["requests"] if not row["ok"])
    assert error.startswith("HTTP 500")


@pytest.mark.slow
def test_exit_code_on_error_replaces_the_1(tmp_path: Path) -> None:
    with logged_server(tmp_path, overhead_s=0.1, rtf=0.0, cold_requests=0, error_rate=0.3, seed=3) as server:
        check_code(run(tmp_path, against(server.url, 60, 6, 6), "--exit-code-on-error", "0"), 0)


def test_measuring_for_a_time_instead_of_a_number(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(None, 2, 2, measure_for=1.5))
    check_code(ran, 0)
    starts = [row["start_s"] for row in rows(ran.result, "measured")]
    assert max(starts) <= 1.5 + 0.1
    assert len(starts) >= 10
    assert ran.result["run"]["complete"] is True


def test_the_request_delay_is_kept_between_one_users_requests(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(9, 1, 1, request_delay=0.2))
    one = rows(ran.result, "measured")
    gaps = [after["start_s"] - before["done_s"] for before, after in itertools.pairwise(one)]
    assert min(gaps) >= 0.2
    check_code(ran, 0)  # an intended pause is not the generator's


def test_an_api_key_is_sent_and_appears_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-this-is-a-secret-0123456789"
    monkeypatch.setenv("STT_TEST_KEY", secret)
    with logged_server(tmp_path, overhead_s=0.1, rtf=0.0, cold_requests=0, api_key_env="STT_TEST_KEY") as server:
        config = against(server.url, 8, 2, 2, api={"api_key_env": "STT_TEST_KEY"})
        ran = run(tmp_path, config, "--loglevel", "DEBUG", "--html", "report.html")
    check_code(ran, 0)
    written = [path.read_bytes() for path in tmp_path.iterdir() if path.name != "truth.jsonl"]
    assert len(written) >= 3
    assert secret not in ran.out + ran.err
    assert not [text for text in written if secret.encode() in text]


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [["FastSttUser"], pytest.param(["SttUser", "--processes=2"], marks=pytest.mark.slow)]
)
def test_secrets_by_name_are_sent_and_appear_nowhere(tmp_path: Path, words: list[str]) -> None:
    """In headers, query and form, although the service repeats them all; its own words must survive."""
    api = {
        "headers": {"api-key": "${MINE_A}", "X-Auth": "Token ${MINE_B}"},
        "query": {"sig": "${MINE_C}", "model": "nova-3"},
        "extra_fields": {"pass": "${MINE_D}"},
    }
    environ = {name: f"s3cret-{name[-1]}-value" for name in ("MINE_A", "MINE_B", "MINE_C", "MINE_D")}
    with echoing(environ["MINE_D"]) as service:
        config = against(f"http://127.0.0.1:{service.port}", 8, 2, 2, api=api, continue_on_dead_warmup=True)
        ran = run(tmp_path, config, *words, "--html=r.html", "--csv=c", "--loglevel=DEBUG", env=environ)
    assert ran.code in (1, 4), ran.err
    assert {path.partition("?")[2] for path in service.paths} == {"model=nova-3&sig=s3cret-C-value"}
    assert {(head["api-key"], head["X-Auth"]) for head in service.headers} == {
        ("s3cret-A-value", "Token s3cret-B-value")
    }
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert len(written) >= 5
    assert [name for name, content in written.items() if b"s3cret" in content] == []
    assert "s3cret" not in ran.out + ran.err
    assert "you said ***" in ran.result["requests"][-1]["error"]
    assert ran.result["config"]["api"]["headers"]["X-Auth"] == "Token ${MINE_B}"


@pytest.mark.slow
def test_a_second_run_does_not_overwrite_the_first(tmp_path: Path) -> None:
    config = quick(6, 1, 2, save_path="mine.json")
    for name in ("mine.json", "mine_2.json"):
        ran = run(tmp_path, config)
        check_code(replace(ran, results=[json.loads((tmp_path / name).read_text(encoding="utf-8"))]), 0)
    assert {path.name for path in tmp_path.glob("*.json")} == {"mine.json", "mine_2.json"}


def test_a_given_seed_gives_the_same_clips_again(tmp_path: Path) -> None:
    hashes = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        with logged_server(folder, overhead_s=0.05, rtf=0.0, cold_requests=0) as server:
            run(folder, against(server.url, 10, 2, 2, seed=7))
            hashes.append({truth["audio_hash"] for truth in server.truths()})
    assert hashes[0] == hashes[1]


def test_a_saved_result_makes_the_same_report_to_the_last_digit(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(60, 5, 5))
    (file,) = tmp_path.glob("stt_load_test_results_*.json")
    command = [sys.executable, "-m", "stt_load.cli", "report", str(file)]
    figures = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout
    assert json.loads(figures) == {name: value for name, value in ran.result.items() if name != "requests"}
    again = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    block = ran.out[ran.out.index("=" * 60) : ran.out.rindex("💾")]
    assert block in again


@pytest.mark.slow
def test_a_password_in_the_url_is_sent_and_appears_nowhere(tmp_path: Path) -> None:
    api = {"endpoint": "/t?api_key=k3y-in-query", "extra_fields": {"token": "k3y-of-mine"}}
    config = against("http://127.0.0.1:1", 8, 2, 2, api=api, continue_on_dead_warmup=True)
    with echoing("hunter2 and k3y-of-mine") as service:
        url = f"http://me:hunter2@127.0.0.1:{service.port}"
        ran = run(tmp_path, config, "-H", url, "--html", "r.html", "--csv", "c", "--loglevel", "DEBUG")
    assert ran.code in (1, 4)
    assert service.authorizations == ["Basic " + base64.b64encode(b"me:hunter2").decode()] * 8
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "config.yaml"}
    assert len(written) >= 5
    for name, content in written.items():
        assert b"hunter2" not in content, name
        assert b"k3y" not in content, name
    assert "hunter2" not in ran.out + ran.err
    assert "k3y" not in ran.out + ran.err
    assert ran.result["run"]["target"] == f"http://***@127.0.0.1:{service.port}/t?api_key=***"
