"""The locustfiles of docs/library.md, by real locust processes."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.markdown import blocks
from tests.ports import free_port
from tests.processes.running import LOCUSTFILE, Ran, against, check_code, quick, rows, run
from tests.processes.truth import Logged, logged_server

pytestmark = pytest.mark.locust

MIXED, SHAPED, OWN = blocks("docs/library.md", "python")
SERVER = {"overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


def ran(folder: Path, code: str, server: Logged, *words: str, total: int | None = 24) -> Ran:
    locustfile = folder / "mine.py"
    locustfile.write_text(code.replace("http://127.0.0.1:8000", server.url), encoding="utf-8")
    return run(folder, against(server.url, total, 4, 4), *words, locustfile=locustfile)


@pytest.mark.parametrize(
    "words", [(), pytest.param(("--processes", "2"), marks=pytest.mark.slow)], ids=["one process", "workers"]
)
def test_users_of_two_kinds_run_beside_each_other(tmp_path: Path, words: tuple[str, ...]) -> None:
    with logged_server(tmp_path, **SERVER) as server:
        done = ran(tmp_path, MIXED, server, "--csv", str(tmp_path / "all"), *words)
        truths = server.truths()
    check_code(done, 0)
    assert len([truth for truth in truths if truth["status"] == 200]) == 24
    measured = rows(done.result, "measured")
    assert {row["seq"] for row in measured} == {int(seq) for seq in re.findall(r"request (\d+) of /v1/", done.out)}
    assert all(0.05 <= row["pause_s"] <= 0.1 for row in measured)
    run_of = done.result["run"]
    assert (run_of["users"], run_of["load"]["users"]) == (2, 2), "the others are a visitor's"
    assert set(done.result["run"]["user_class"].split(", ")) == {"Speaker", "Visitor"}
    with (tmp_path / "all_stats.csv").open(encoding="utf-8") as file:
        counts = {line["Name"]: int(line["Request Count"]) for line in csv.DictReader(file)}
    assert counts["/v1/audio/transcriptions"] == len(measured) == 20
    assert counts["/v1/models"] > 0


@pytest.mark.parametrize(
    "words", [(), pytest.param(("--processes", "2"), marks=pytest.mark.slow)], ids=["one process", "workers"]
)
def test_a_class_beside_ours_asks_its_own_host_and_what_fails_there_is_a_failure(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Locust gave it the speech service's host; and its failures were in no exit code."""
    code = MIXED.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{free_port()}")
    with logged_server(tmp_path, **SERVER) as server:
        done = ran(tmp_path, code, server, *words)
    check_code(done, 1)
    assert {row["ok"] for row in done.result["requests"]} == {True}
    assert re.search(r"❗ \d+ requests? of other user classes failed: exit code 1", done.out)


@pytest.mark.parametrize(
    "words", [(), pytest.param(("--processes", "2"), marks=pytest.mark.slow)], ids=["one process", "workers"]
)
@pytest.mark.parametrize("answers", [True, pytest.param(False, marks=pytest.mark.slow)], ids=["answered", "refused"])
def test_where_nobody_sends_audio_the_run_is_locusts_alone(
    tmp_path: Path, answers: bool, words: tuple[str, ...]
) -> None:
    """It waited for users that would never come, and saved an empty result."""
    with logged_server(tmp_path, **SERVER) as server:
        code = MIXED if answers else MIXED.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{free_port()}")
        done = ran(tmp_path, code, server, "Visitor", "-u", "2", "-t", "2s", *words)
        sent = server.truths()
    assert (done.code, done.results, sent) == (0 if answers else 1, [], []), done.err
    assert done.err.count("Visitor sends no audio: this run is Locust's alone") == 1
    assert re.search(r"GET +/v1/models +[1-9]", done.err), "Locust's own tables"
    assert done.out == ""


def test_tags_and_names_choose_among_them(tmp_path: Path) -> None:
    with logged_server(tmp_path, **SERVER) as server:
        done = ran(tmp_path, MIXED, server, "Speaker", "--tags", "speech", total=12)
    check_code(done, 0)
    assert (done.result["run"]["user_class"], done.result["run"]["users"]) == ("Speaker", 4)


def test_a_shape_says_how_many_users_there_are_and_ends_the_test(tmp_path: Path) -> None:
    with logged_server(tmp_path, **SERVER) as server:
        done = ran(tmp_path, SHAPED, server, total=None)
    check_code(done, 0)
    assert done.result["run"]["end_reason"] == "stopped"
    assert {2, 4} <= {row["users"] for row in rows(done.result, "measured")}


def test_a_request_and_an_answer_of_ones_own(tmp_path: Path) -> None:
    """The service hears each language that it is asked for; here only one of them is right."""
    code = OWN.replace("heard != self.language", 'heard != "en"')
    with logged_server(tmp_path, **SERVER) as server:
        done = ran(tmp_path, code, server)
    check_code(done, 1)
    told = [row["error"] for row in done.result["requests"]]
    assert set(told) == {None, "asked for ko, heard ko"}
    assert told.count(None) == len(told) / 2


@pytest.mark.slow
def test_a_shape_whose_next_step_comes_before_the_run_is_ready_is_followed(tmp_path: Path) -> None:
    """The embedded server takes three seconds to start, and the shape has a step each second meanwhile."""
    slow = "import sys, time\nif 'stt_load.server' in sys.orig_argv:\n    time.sleep(3)\n"
    (tmp_path / "sitecustomize.py").write_text(slow, encoding="utf-8")
    shape = tmp_path / "stepping.py"
    shape.write_text(
        "from locust import LoadTestShape\n\n\nclass Steps(LoadTestShape):\n    def tick(self):\n"
        "        return min(1 + int(self.get_run_time()), 3), 10\n\n\n" + LOCUSTFILE.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    ran = run(tmp_path, quick(40, 4, 3), env={"PYTHONPATH": str(tmp_path)}, locustfile=shape)
    check_code(ran, 0)
    assert len(ran.result["requests"]) == 40
    assert max(row["users"] for row in rows(ran.result, "measured")) == 3
