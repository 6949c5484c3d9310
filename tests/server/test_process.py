"""The embedded server as a child of the load test."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

from stt_load.server.process import EmbeddedServer, StartError
from stt_load.server.settings import ServerSettings

from .clips import wav
from .running import INSTANT


def child_of_this_process() -> psutil.Process:
    (child,) = psutil.Process().children()
    return child


def test_it_serves_with_the_given_settings_and_log(tmp_path: Path) -> None:
    log = tmp_path / "truth.jsonl"
    with EmbeddedServer.start(INSTANT.model_copy(update={"error_rate": 1.0}), log) as server:
        answer = requests.post(f"{server.url}/v1/audio/transcriptions", files={"file": ("a.wav", wav())}, timeout=60)
        assert answer.status_code == 500
        assert json.loads(log.read_text())["status"] == 500


def test_it_knows_none_of_its_parents_secrets_but_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "SOME_TOKEN", "PYTHON_SECRET", "LCX", "OWN_KEY"):
        monkeypatch.setenv(name, f"value of {name}")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    with EmbeddedServer.start(INSTANT.model_copy(update={"api_key_env": "OWN_KEY"})) as server:
        environment = child_of_this_process().environ()
        answer = requests.get(
            f"{server.url}/v1/models", headers={"Authorization": "Bearer value of OWN_KEY"}, timeout=60
        )
        assert answer.status_code == 200
    assert {name for name, value in environment.items() if "value of" in value} == {"OWN_KEY"}
    assert (environment["LC_ALL"], environment["PYTHONSAFEPATH"]) == ("C.UTF-8", "1"), "what a Python program goes by"
    with EmbeddedServer.start(INSTANT):
        assert "value of" not in " ".join(child_of_this_process().environ().values())


def test_it_gets_none_of_its_parents_files(tmp_path: Path) -> None:
    with (tmp_path / "open").open("wb") as file:
        os.set_inheritable(file.fileno(), True)
        with EmbeddedServer.start(INSTANT):
            assert str(tmp_path / "open") not in [one.path for one in child_of_this_process().open_files()]


def test_its_log_is_its_owners_alone(tmp_path: Path) -> None:
    log = tmp_path / "truth.jsonl"
    log.touch(mode=0o644)
    before = os.umask(0)
    try:
        with EmbeddedServer.start(INSTANT, log), EmbeddedServer.start(INSTANT, tmp_path / "new.jsonl"):
            pass
    finally:
        os.umask(before)
    assert [stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()] == [0o600, 0o600]


def test_stopping_twice_is_stopping_once() -> None:
    server = EmbeddedServer.start(INSTANT)
    child = child_of_this_process()
    server.stop()
    assert not child.is_running()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/health", timeout=60)


def test_a_child_that_does_not_listen_says_why() -> None:
    with pytest.raises(StartError, match=r"exit code 2.*SURELY_NOT_SET"):
        EmbeddedServer.start(ServerSettings(api_key_env="SURELY_NOT_SET"))
    assert not psutil.Process().children()


def test_a_child_that_hangs_is_stopped_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stt_load.server.process.STOP_LIMIT_S", 0.2)
    server = EmbeddedServer.start(INSTANT)
    child = child_of_this_process()
    child.suspend()
    server.stop()
    assert not child.is_running()


def test_ctrl_c_in_the_terminal_does_not_reach_it() -> None:
    with EmbeddedServer.start(INSTANT):
        assert os.getpgid(child_of_this_process().pid) != os.getpgrp()


def test_it_ends_when_its_parent_is_killed() -> None:
    script = """
import time
from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings
server = EmbeddedServer.start(ServerSettings())
print(server.url, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        url = parent.stdout.readline().strip()
        assert requests.get(f"{url}/health", timeout=60).status_code == 200
        parent.send_signal(signal.SIGKILL)
    with pytest.raises(requests.ConnectionError):
        ask_for_half_a_minute(url)


def ask_for_half_a_minute(url: str) -> None:
    limit_s = time.monotonic() + 30
    while time.monotonic() < limit_s:
        requests.get(f"{url}/health", timeout=60)


def test_it_works_in_a_program_that_gevent_has_patched() -> None:
    script = """
from gevent import monkey
monkey.patch_all()
import requests
from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings
with EmbeddedServer.start(ServerSettings()) as server:
    print(requests.get(server.url + "/health").status_code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr


def test_it_listens_soon() -> None:
    started_s = time.monotonic()
    with EmbeddedServer.start(INSTANT):
        assert time.monotonic() - started_s < 10
