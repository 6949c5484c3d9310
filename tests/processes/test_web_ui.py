"""The web UI over HTTP: start form, refusals, a second start, a changed user count, the result to download."""

from __future__ import annotations

import base64
import json
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.processes.echoing import echoing
from tests.processes.page import ended, web_ui
from tests.processes.running import against, check_code, finish, quick, rows, saved, start

pytestmark = pytest.mark.locust


def test_the_form_is_filled_from_the_file(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(30, 5, 3)) as page:
        form = page.form()
        assert (form["num_users"], form["spawn_rate"], form["host"]) == (3, 3.0, "embedded")
        options = form["extra_options"]
        assert options["total_requests"]["default_value"] == "30"
        assert options["warmup_requests"]["default_value"] == "5"
        assert "save_path" not in options
        assert "api_key_env" not in options


def test_two_starts_are_two_runs_with_their_own_results(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(30, 5, 3)) as page:
        answer = page.post("/swarm", user_count=3, spawn_rate=3, host="embedded", total_requests=20)
        assert answer["success"], answer
        page.until_stopped()
        first = page.stats()
        downloaded = json.loads(page.get("/stt-load/result"))
        answer = page.post(
            "/swarm", user_count=2, spawn_rate=2, host=answer["host"], total_requests="12", warmup_requests="3"
        )
        assert answer["success"], answer
        page.until(lambda: len(saved(tmp_path)) == 2, "the second result is there")
        page.until_stopped()
        page.until(lambda: page.stats()["stats"][-1]["num_requests"] == 9, "Locust's table shows the second run")
        ran = ended(page)
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err
    one, two = sorted(ran.results, key=lambda result: result["run"]["started_at"])
    assert downloaded == one
    assert (len(rows(one, "warmup")), len(rows(one, "measured"))) == (5, 15)
    assert (len(rows(two, "warmup")), len(rows(two, "measured"))) == (3, 9)
    assert one["run"]["seed"] != two["run"]["seed"]
    assert first["stats"][-1]["num_requests"] == 15, "Locust's own table counts the measured ones"
    assert first["stats"][-1]["num_failures"] == 0


def test_a_password_is_not_on_the_page_and_still_sent(tmp_path: Path) -> None:
    """Also when the form is sent back as it was filled in, or with another password typed into it."""
    with echoing("nothing") as service:
        url = f"http://me:{{}}@127.0.0.1:{service.port}"
        config = against("embedded", 4, 1, 1, continue_on_dead_warmup=True)
        with web_ui(tmp_path, config, "-H", url.format("first-one")) as page:
            for runs, host in enumerate((None, url.format("other-one"), None), start=1):
                answer = page.post("/swarm", user_count=1, spawn_rate=1, host=host or page.form()["host"])
                assert answer["success"], answer
                page.until(lambda runs=runs: len(saved(tmp_path)) == runs, "the result is there")  # type: ignore[misc]
                page.until_stopped()
                assert b"-one" not in page.get("/")
    sent = [base64.b64decode(one.removeprefix("Basic ")).decode() for one in service.authorizations]
    assert sent == ["me:first-one"] * 4 + ["me:other-one"] * 8


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"total_requests": "abc"}, "abc", marks=pytest.mark.slow),
        ({"warmup_requests": "500"}, "500"),
        pytest.param({"host": "localhost:8000"}, "http", marks=pytest.mark.slow),
        pytest.param({"audio_duration": "-1"}, "-1", marks=pytest.mark.slow),
        pytest.param({"user_count": "0"}, "0 is too small", marks=pytest.mark.slow),
        pytest.param({"user_count": "5000000"}, "5000000", marks=pytest.mark.slow),
    ],
)
def test_a_bad_value_is_a_clear_message_and_no_run(tmp_path: Path, form: dict[str, str], said: str) -> None:
    with web_ui(tmp_path, quick(30, 5, 3)) as page:
        answer = page.post("/swarm", **({"user_count": 2, "spawn_rate": 2, "host": "embedded"} | form))
        assert answer["success"] is False
        assert said in answer["message"]
        assert page.stats()["state"] == "ready"
        # The next one is judged by what it says itself.
        answer = page.post("/swarm", user_count=1, spawn_rate=1, host="embedded", total_requests=2, warmup_requests=1)
        assert answer["success"], answer
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        page.until_stopped()
        assert ended(page).code == 0
    assert len(saved(tmp_path)) == 1


def test_a_start_while_the_run_before_is_ending_is_refused_and_loses_nothing(tmp_path: Path) -> None:
    slow = {"slots": 8, "overhead_s": 3.0, "rtf": 0.0, "cold_requests": 0}
    with web_ui(tmp_path, quick(None, 0, 2, embedded=slow)) as page:
        form = {"user_count": 2, "spawn_rate": 2, "host": "embedded"}
        assert page.post("/swarm", **form)["success"]
        page.until(lambda: page.stats()["state"] == "running", "it runs")
        stopping = threading.Thread(target=page.post, args=("/stop",))
        stopping.start()
        refused = {"success": True}
        page.until(lambda: refused.update(page.post("/swarm", **form)) or not refused["success"], "it is refused")
        assert "still ending" in str(refused["message"])
        stopping.join(30)
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert ended(page).code == 0
    (result,) = saved(tmp_path)
    answers = [row["ok"] for row in result["requests"]]
    assert answers == [True] * len(answers), "and more than two where the stop came late"
    assert len(answers) >= 2
    assert not list(tmp_path.glob("*.partial.jsonl"))


@pytest.mark.slow
def test_the_time_limit_of_one_run_is_not_the_next_ones(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 0, 1)) as page:
        form = {"user_count": 1, "spawn_rate": 1, "host": "embedded"}
        assert page.post("/swarm", run_time="1s", **form)["success"]
        page.until(lambda: len(saved(tmp_path)) == 1, "the first result is there")
        page.until_stopped()
        assert page.post("/swarm", run_time="", **form)["success"]
        # One user makes ten a second at the most: the first limit is over by then.
        page.until(lambda: page.requests() >= 15, "the second run is over a second old")
        page.post("/stop")
        page.until(lambda: len(saved(tmp_path)) == 2, "the second result is there")
        ended(page)
    reasons = [result["run"]["end_reason"] for result in saved(tmp_path)]
    assert reasons == ["time_limit", "stopped"]


SLOW_SERVER = """
import gevent
from stt_load.server.process import EmbeddedServer
from stt_load import SttUser, install

start = EmbeddedServer.start
EmbeddedServer.start = staticmethod(lambda settings: gevent.sleep(1.5) or start(settings))
install(default_user=SttUser)
"""


@pytest.mark.slow
def test_the_start_of_the_embedded_server_takes_nothing_of_a_time_limit(tmp_path: Path) -> None:
    """Where it took longer than the limit, as on a busy machine, there was no run, no result and no word on it."""
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(SLOW_SERVER)
    with web_ui(tmp_path, quick(None, 0, 1), locustfile=locustfile) as page:
        assert page.post("/swarm", user_count=1, spawn_rate=1, host="embedded", run_time="1s")["success"]
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        page.until_stopped()
        ended(page)
    (result,) = saved(tmp_path)
    assert result["run"]["end_reason"] == "time_limit"
    assert result["metrics"]["requests"]["succeeded"] > 0


def test_a_file_that_changes_meanwhile_changes_nothing(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(8, 2, 1)) as page:
        (tmp_path / "config.yaml").write_text("total_requests: 3\nwarmup_requests: 2\naudio_duration: 9\n")
        answer = page.post("/swarm", user_count=1, spawn_rate=1, host="embedded", total_requests="8")
        assert answer["success"], answer
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        page.until_stopped()
        ended(page)
    (result,) = saved(tmp_path)
    assert {row["audio_s"] for row in result["requests"]} == {0.5}
    assert len(result["requests"]) == 8


def test_autoquit_ends_a_run_that_is_done(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(8, 2, 1), "--autostart", "--autoquit", "0") as page:
        check_code(finish(page.process, tmp_path), 0)


def test_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start(tmp_path, quick(8, 2, 1), "--web-host", "127.0.0.1", "-P", port, headless=False)
        assert finish(process, tmp_path).code != 0


def test_before_the_first_end_there_is_no_result_and_the_page_says_so(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(30, 5, 3)) as page:
        with pytest.raises(urllib.error.HTTPError) as refused:
            page.get("/stt-load/result")
        assert refused.value.code == 404
        assert b"No run has finished yet" in refused.value.read()


def test_the_page_says_why_a_run_ended_and_what_there_is_of_it(tmp_path: Path) -> None:
    """Locust's own tables are empty then."""
    with web_ui(tmp_path, against(f"http://127.0.0.1:{free_port()}", 20, 2, 1)) as page:
        assert json.loads(page.get("/stt-load/run"))["kind"] == "none"
        assert page.post("/swarm", user_count=1, spawn_rate=1, host=page.form()["host"])["success"]
        page.until(lambda: json.loads(page.get("/stt-load/run"))["kind"] == "bad", "the page says how it ended")
        told = json.loads(page.get("/stt-load/run"))
        report = page.get("/stt-load/report").decode()
        ran = ended(page)
    said = " ".join(told["lines"])
    assert "the service gave no good answer in the warm-up" in said
    assert "Connection refused" in said
    assert [link["name"] for link in told["links"]] == ["report", "result"]
    subject, rule, result = report.partition("=" * 60)
    assert subject[subject.index("📁 ") :] in ran.out, "what was measured, as the console has it"
    assert rule + result in ran.out, "the console's own"


def test_stop_drains_and_writes_what_was_measured(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 2, 3)) as page:
        page.post("/swarm", user_count=3, spawn_rate=3, host="embedded")
        page.until(lambda: page.stats()["stats"][-1]["num_requests"] >= 6, "something was measured")
        page.post("/stop")
        page.until_stopped()
        counted = page.stats()["stats"][-1]["num_requests"]
        ran = ended(page)
    assert ran.code == 0, ran.err
    measured = rows(ran.result, "measured")
    assert len(measured) == counted
    assert all(row["ok"] for row in measured)
    assert ran.result["run"]["end_reason"] == "stopped"


@pytest.mark.slow
def test_users_can_be_changed_while_it_runs(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 2, 2)) as page:
        page.post("/swarm", user_count=2, spawn_rate=2, host="embedded")
        page.until(lambda: page.stats()["stats"][-1]["num_requests"] >= 6, "two users measured something")
        page.post("/swarm", user_count=5, spawn_rate=5, host="embedded")
        page.until(lambda: page.stats()["user_count"] == 5, "five users run")
        grown = page.stats()["stats"][-1]["num_requests"]
        page.until(lambda: page.stats()["stats"][-1]["num_requests"] >= grown + 10, "five users measured something")
        page.post("/swarm", user_count=1, spawn_rate=5, host="embedded")
        page.until(lambda: page.stats()["user_count"] == 1, "one user is left")
        shrunk = page.stats()["stats"][-1]["num_requests"]
        page.until(lambda: page.stats()["stats"][-1]["num_requests"] >= shrunk + 5, "one user measured something")
        page.post("/stop")
        page.until_stopped()
        ran = ended(page)
    measured = rows(ran.result, "measured")
    assert all(row["ok"] for row in measured), "a request cut by the ramp-down was drained"
    assert {1, 2, 5} <= {row["users"] for row in measured}
    assert [level["first"] for level in ran.result["levels"]] == sorted({row["users"] for row in measured})


def test_ctrl_c_while_a_run_is_on_writes_and_ends_with_5(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 2, 2)) as page:
        page.post("/swarm", user_count=2, spawn_rate=2, host="embedded")
        page.until(lambda: page.stats()["stats"][-1]["num_requests"] >= 4, "something was measured")
        ran = ended(page)
    assert ran.code == 5, ran.err
    assert ran.result["run"]["end_reason"] == "interrupted"


def test_ctrl_c_of_an_idle_page_is_0(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(30, 5, 3, audio_duration=1)) as page:
        assert page.process.stderr
        where = page.process.stderr.readline()  # said a moment after the page is there
        ran = ended(page)
    assert ran.code == 0, ran.err
    assert (where, ran.err) == (f"🌐 Web page: {page.url}\n", ""), "where the page is, and nothing else"
