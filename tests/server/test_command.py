"""The command as a user starts it: a real process, its line, its log, its exit codes."""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from stt_load.server.command import USAGE_ERROR, add_arguments, run

from .clips import wav

SERVE = [sys.executable, "-m", "stt_load.server"]


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """(process, URL) of a server on a free port; killed at the end if it still runs."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*SERVE, "--port=0", *options], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("listening on http://127.0.0.1:"), process.stderr and process.stderr.read()
            yield process, line.split()[-1]
        finally:
            process.kill()


def rest_of(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """(exit code, further output, errors) of a process that is about to end."""
    output, errors = process.communicate(timeout=30)
    return process.returncode, output, errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(number: signal.Signals) -> None:
    with served() as (process, url):
        assert requests.get(f"{url}/health", timeout=60).status_code == 200
        process.send_signal(number)
        assert rest_of(process) == (0, "", "")


def test_the_end_of_stdin_ends_it() -> None:
    with served("--quit-with-stdin") as (process, _):
        assert process.poll() is None
        assert rest_of(process) == (0, "", "")


def test_the_log_has_every_request_that_was_answered(tmp_path: Path) -> None:
    log = tmp_path / "truth.jsonl"
    with served(f"--log={log}", "--overhead-s=0", "--rtf=0", "--cold-requests=1", "--cold-extra-s=0.1") as (_, url):
        for seed in range(3):
            file = {"file": ("a.wav", wav(seed=seed))}
            assert requests.post(f"{url}/v1/audio/transcriptions", files=file, timeout=60).status_code == 200
            assert len(log.read_text().splitlines()) == seed + 1
    truths = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(truth["id"], truth["status"], truth["cold"]) for truth in truths] == [
        (0, 200, True),
        (1, 200, False),
        (2, 200, False),
    ]
    assert len({truth["audio_hash"] for truth in truths}) == 3
    assert all(truth["arrival_s"] <= truth["start_s"] <= truth["end_s"] for truth in truths)


def test_a_stop_in_the_middle_of_services_is_quick_and_loses_no_line(tmp_path: Path) -> None:
    log = tmp_path / "truth.jsonl"
    with served(f"--log={log}", "--slots=1", "--overhead-s=600") as (process, url), ThreadPoolExecutor(2) as pool:
        requests_made = [
            pool.submit(requests.post, f"{url}/v1/audio/transcriptions", files={"file": ("a.wav", wav())}, timeout=60)
            for _ in range(2)
        ]
        _wait_for(f"{url}/metrics", "stt_server_in_flight 2\n")
        process.send_signal(signal.SIGTERM)
        assert rest_of(process) == (0, "", "")
        for request in requests_made:
            assert isinstance(request.exception(timeout=60), requests.ConnectionError)
    truths = sorted((json.loads(line) for line in log.read_text().splitlines()), key=lambda truth: truth["id"])
    assert [truth["status"] for truth in truths] == [None, None]
    assert [truth["end_s"] for truth in truths] == [None, None]
    assert truths[0]["start_s"] == truths[0]["arrival_s"]
    assert truths[1]["start_s"] is None


def _wait_for(url: str, text: str) -> None:
    """Ask until the page has this text; a minute is the limit."""
    limit_s = time.monotonic() + 60
    while text not in requests.get(url, timeout=60).text:
        assert time.monotonic() < limit_s


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "s3cret")
    with served("--api-key-env=THE_KEY") as (_, url):
        assert requests.get(f"{url}/v1/models", timeout=60).status_code == 401
        right = {"Authorization": "Bearer s3cret"}
        assert requests.get(f"{url}/v1/models", headers=right, timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--slots=0"], "--slots 0"),
        (["--rtf=fast", "--error-rate=2"], "--error-rate 2"),
        (["--jitter=normal"], "--jitter normal"),
        (["--api-key-env=SURELY_NOT_SET"], "SURELY_NOT_SET"),
        (["--log=/no/such/folder/log"], "--log /no/such/folder/log"),
        (["--host=256.0.0.1"], "256.0.0.1:0"),
        (["--engine=whisper-tiny", "--rtf=1", "--wer=0.1", "--slots=2"], "--rtf, --wer: of the model of a server"),
        (["--cpu-threads=1"], "--cpu-threads is of an engine"),
        (["--device=cuda"], "--device is of an engine"),
        (["--engine=whisper-tiny", "--slots=1000"], "--slots 1000"),
    ],
)
def test_what_can_t_work_is_one_line_and_exit_code_2(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SURELY_NOT_SET", raising=False)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(["--port=0", *options])) == USAGE_ERROR
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert said in output.err


def test_an_engine_whose_extra_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(["--engine=whisper-tiny"])) == 2
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert "pip install 'stt-load[real]'" in output.err


@pytest.mark.parametrize("option", ["--engine=parrot", "--engine", "--device=tpu", "--cpu-threads=0"])
def test_no_engine_at_all(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit) as left:
        parser.parse_args([option])
    assert left.value.code == 2
    assert option.partition("=")[0] in capsys.readouterr().err


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([*SERVE, f"--port={port}"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "in use" in done.stderr


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_no_port_at_all(port: str) -> None:
    done = subprocess.run([*SERVE, f"--port={port}"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_help_names_each_setting_with_its_default() -> None:
    done = subprocess.run([*SERVE, "--help"], capture_output=True, text=True, check=True, timeout=60)
    for option in ("--slots", "--queue-limit", "--cold-extra-s", "--error-rate", "--log", "--quit-with-stdin"):
        assert option in done.stdout


def test_a_pack_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text('{"audio": "nowhere.wav", "text": "Hello there."}\n')
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(["--port=0", f"--pack={manifest}"])) == USAGE_ERROR
    assert "nowhere.wav" in capsys.readouterr().err
