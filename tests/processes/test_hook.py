"""Functions and subclasses of the user's own, by real locust processes; the shipped examples among them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.processes.crowd import crowd
from tests.processes.running import ROOT, quick, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

QUICK = {"overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
EXAMPLES = ROOT / "examples"


def calling(spec: str, total: int = 24, **more: Any) -> dict[str, Any]:
    load = {"total_requests": total, "warmup_requests": 4, "concurrent_requests": 4, "audio_duration": 0.5}
    return load | {"api": {"call": spec}} | more


def write(folder: Path, text: str) -> None:
    (folder / "my_calls.py").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["SttUser"],
        *(pytest.param(words, marks=pytest.mark.slow) for words in (["FastSttUser"], ["SttUser", "--processes=2"])),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("example", ["openai_sdk", "plain_requests"])
def test_the_examples(tmp_path: Path, example: str, words: list[str]) -> None:
    shutil.copy(EXAMPLES / f"{example}.py", tmp_path)
    with logged_server(tmp_path, **QUICK) as server:
        environ = {
            "OPENAI_BASE_URL": f"{server.url}/v1",
            "OPENAI_API_KEY": "sk-of-mine",
            "STT_URL": f"{server.url}/v1/listen",
            "STT_TOKEN": "t0ken-of-mine",
        }
        ran = run(tmp_path, calling(f"{example}.py:transcribe"), *words, env=environ)
        truths = server.truths()
    assert ran.code in (0, 4), ran.err  # a busy machine is no reason to doubt what is tried here
    assert [truth["status"] for truth in truths] == [200] * 24
    assert len({truth["audio_hash"] for truth in truths}) == 24
    measured = rows(ran.result, "measured")
    assert len(measured) == 20
    assert all(row["ok"] and row["text_length"] > 0 for row in measured)
    assert min(row["response_time_s"] for row in measured) >= 0.1
    assert {row["upload_bytes"] for row in measured} == {16_044}
    assert ran.result["run"]["target"] == f"{example}.py:transcribe"
    assert "function of your own" in ran.out


def test_users_wait_beside_each_other(tmp_path: Path) -> None:
    """What blocks in the function lets the others go on: four sleepers take the time of one."""
    write(tmp_path, "import time\ndef f(wav):\n    time.sleep(0.3)\n    return ''\n")
    ran = run(tmp_path, calling("my_calls.py:f", 12))
    metrics = ran.result["metrics"]
    assert metrics["requests"] == {"total": 8, "succeeded": 8, "failed": 0, "unfinished": 0}
    assert metrics["empty_texts"] == 8
    assert metrics["window_s"] < 8 * 0.3, "not one after the other"
    assert metrics["response_time_s"]["min"] >= 0.3


FAILING = """
import requests


class Refused(Exception):
    status_code = 429


def f(wav):
    assert wav.read(4) == b"RIFF"
    raise {0}
"""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("Refused('too many')", "shed"),
        pytest.param("ValueError('no idea')", "hook_error", marks=pytest.mark.slow),
        pytest.param("TimeoutError('too late')", "timeout_total", marks=pytest.mark.slow),
        pytest.param("requests.exceptions.ReadTimeout('too late')", "timeout_total", marks=pytest.mark.slow),
        pytest.param("SystemExit(3)", "hook_error", marks=pytest.mark.slow),
    ],
)
def test_an_exception_is_a_failure_of_its_kind(tmp_path: Path, error: str, kind: str) -> None:
    write(tmp_path, FAILING.replace("{0}", error))
    ran = run(tmp_path, calling("my_calls.py:f", 8, continue_on_dead_warmup=True))
    assert ran.result["metrics"]["failures"] == {kind: 4}, ran.err
    told = {row["error"] for row in ran.result["requests"]}
    assert told == {f"{error.partition('(')[0].rpartition('.')[2]}: {error.partition('(')[2][:-1].strip(chr(39))}"}


@pytest.mark.slow
def test_what_is_no_text_is_none(tmp_path: Path) -> None:
    write(tmp_path, "def f(wav):\n    return {'text': 'a'}\n")
    ran = run(tmp_path, calling("my_calls.py:f", 8, continue_on_dead_warmup=True))
    assert ran.result["metrics"]["failures"] == {"no_text": 4}
    assert ran.result["requests"][0]["error"] == "the function returned dict, not a text"


def test_a_function_that_hangs_is_cut_at_the_limit(tmp_path: Path) -> None:
    write(tmp_path, "import time\ndef f(wav):\n    time.sleep(60)\n")
    config = calling("my_calls.py:f", 8, continue_on_dead_warmup=True)
    config["api"]["timeout"] = {"total": 0.3}
    ran = run(tmp_path, config)
    assert ran.result["metrics"]["failures"] == {"timeout_total": 4}


REFUSED = [
    ("def g(wav): pass", "there is no function `f` in my_calls.py"),
    pytest.param(
        "async def f(wav): pass",
        "is an async def, whose event loop would stop all other users; write a plain def",
        marks=pytest.mark.slow,
    ),
    pytest.param(
        "def f(): pass", "can't be called with one argument, the audio as io.BytesIO", marks=pytest.mark.slow
    ),
    pytest.param("f = 3", "there is no function `f`", marks=pytest.mark.slow),
    pytest.param(
        "import not_there_at_all",
        "can't be imported: ModuleNotFoundError: No module named 'not_there_at_all'",
        marks=pytest.mark.slow,
    ),
    pytest.param(None, "there is no file ", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_function_that_can_not_be_used_is_a_fault_before_anything_is_sent(
    tmp_path: Path, text: str | None, reason: str
) -> None:
    if text is not None:
        write(tmp_path, text)
    ran = run(tmp_path, calling("my_calls.py:f"))
    assert ran.code == 2
    assert ran.results == []
    *_, line = ran.err.splitlines()  # above it: that clips are too short for words
    assert line.startswith("api.call my_calls.py:f: ")
    assert reason in line


@pytest.mark.slow
def test_a_worker_without_the_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "def f(wav):\n    return 'a'\n")
    with crowd(tmp_path) as processes:
        processes.start_master(calling("my_calls.py:f", 8), expect=1)
        worker = processes.start_worker()
        ran = processes.finish()
        assert worker.wait() == 2
    assert ran.code == 2
    assert "is refused: api.call my_calls.py:f: there is no file " in ran.err


def test_a_subclass_reads_answers_in_its_own_way(tmp_path: Path) -> None:
    locustfile = EXAMPLES / "subclass_locustfile.py"
    config = quick(
        8, 2, 2, api={"response_format": "verbose_json", "language": "korean"}, continue_on_dead_warmup=True
    )
    ran = run(tmp_path, config, locustfile=locustfile)
    assert ran.result["run"]["user_class"] == "StrictUser"
    assert ran.result["metrics"]["failures"] == {"no_text": 6}
    assert ran.result["requests"][0]["error"] == "heard korean, not english"


@pytest.mark.slow
def test_a_subclass_sends_something_else(tmp_path: Path) -> None:
    """A body of its own, and one that can't be made."""
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(
        """
from stt_load import FastSttUser, install
from stt_load.api.request import Body

made = []

class Mine(FastSttUser):
    def make_body(self, clip, clip_bytes):
        made.append(clip)
        if len(made) > 4:
            raise KeyError("no more")
        return Body((b"RIFF not quite",), 14)

install(default_user=Mine)
""",
        encoding="utf-8",
    )
    config = quick(6, 2, 2, api={"protocol": "raw", "endpoint": "/v1/listen"}, continue_on_dead_warmup=True)
    ran = run(tmp_path, config, locustfile=locustfile)
    kinds = [row["error_kind"] for row in ran.result["requests"]]
    assert sorted(kinds) == ["hook_error"] * 2 + ["http_4xx"] * 4
    assert {row["upload_bytes"] for row in ran.result["requests"] if row["error_kind"] == "http_4xx"} == {14}
