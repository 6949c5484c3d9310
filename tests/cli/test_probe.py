"""`stt-load probe` against real servers."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stt_load.api.answers import Places, reader
from stt_load.api.api import Api
from stt_load.api.form import Bare
from stt_load.api.request import Body, Request
from stt_load.api.verdict import Answer
from stt_load.cli.probe import _Printer
from stt_load.config import load
from tests.cli.within import within
from tests.client.proxy import Proxy
from tests.ports import free_port
from tests.processes.echoing import echoing
from tests.processes.running import environment, restore_interrupt
from tests.processes.saying import saying
from tests.processes.test_tls import https_service
from tests.processes.truth import logged_server

LIMIT_S = 30


def probe(folder: Path, config: dict[str, Any], *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return within("probe", *words, folder=folder, environ=environment() | environ)


def program(folder: Path, config: dict[str, Any], *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "stt_load.cli", "probe", *words],
        cwd=folder,
        env=environment() | environ,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_what_goes_out_is_what_the_server_gets(tmp_path: Path) -> None:
    with logged_server(tmp_path, overhead_s=0.2, rtf=0.0, jitter="none", cold_requests=0) as server:
        ran = program(tmp_path, {"api": {"base_url": server.url, "language": "en"}, "audio_duration": 3})
        (truth,) = server.truths()
    assert (ran.returncode, ran.stderr) == (0, "")
    sent, _, came = ran.stdout.partition("HTTP 200, application/json, ")
    asking, _, sent = sent.partition("\n\n")
    assert asking == f"Asking {server.url}/v1/audio/transcriptions (300 s at most, Ctrl-C stops)..."
    assert sent.startswith("POST /v1/audio/transcriptions HTTP/1.1\nHost: 127.0.0.1:")
    assert f"Content-Length: {truth['body_bytes']}\n" in sent
    assert 'name="language"\n\nen\n' in sent
    assert "[WAV, 3 s of speech, 16000 Hz, 96,044 bytes]" in sent
    body, _, understood = came.partition("\n\n✅ A transcript of ")
    assert body.startswith(f"{truth['answer_bytes']} bytes\n{{")
    text = json.loads(body.partition("\n")[2])["text"]
    counted, said, heard, wrong, *_ = understood.split("\n")
    assert counted == f"{len(text)} characters"
    assert (said.removeprefix("   Said:  "), heard) == (text, f"   Heard: {text}"), "the embedded server has ears"
    assert wrong.startswith("   WER 0.0%: of ")
    steps = re.findall(r"^   (\S.*?) +\d+\.\d{3} s   \(after (\d+\.\d{3}) s\)$", understood, re.MULTILINE)
    assert [name for name, _ in steps] == ["Connection", "Upload", "Answer's headers", "Answer's end"]
    connected_s, written_s, headers_s, done_s = (float(after) for _, after in steps)
    assert connected_s <= written_s < 0.2 + connected_s <= headers_s <= done_s
    line = "stt-load run --headless\n"
    assert understood.endswith(f"\nA load test with these settings:\n  {line}")


def test_bare_audio_has_no_form(tmp_path: Path) -> None:
    config = {
        "api": {
            "endpoint": "/v1/listen",
            "protocol": "raw",
            "response": {"text": "results.channels[0].alternatives[0].transcript"},
        },
        "audio_duration": 1,
        "embedded": {"cold_requests": 0},
    }
    ran = probe(tmp_path, config)
    assert ran.returncode == 0, ran.stdout
    assert "Content-Length: 32044\n\n[WAV, 1 s of speech, 16000 Hz, 32,044 bytes]\n\nHTTP 200" in ran.stdout


def test_a_recording_of_ones_own_is_sent_and_held_against_its_text(tmp_path: Path) -> None:
    recordings = Path(__file__).parents[2] / "examples" / "recordings" / "manifest.jsonl"
    ran = probe(tmp_path, {"audio": {"files": str(recordings)}, "embedded": {"cold_requests": 0}})
    assert ran.returncode == 0, ran.stdout
    assert re.search(r"\[WAV, [\d.]+ s of recordings, 16000 Hz, ", ran.stdout)
    assert "WER 0.0%" in ran.stdout


def test_secrets_are_not_shown_whatever_the_service_repeats(tmp_path: Path) -> None:
    api = {
        "headers": {"api-key": "${MINE}", "X-Other": "Token ${THEIRS}"},
        "query": {"sig": "${SIGN}"},
        "extra_fields": {"password": "p4ssword-in-file"},
    }
    with echoing("p4ssword-in-file") as service:
        config = {"api": api | {"base_url": f"http://127.0.0.1:{service.port}"}}
        ran = probe(tmp_path, config, MINE="s3cret-one", THEIRS="s3cret-two", SIGN="s3cret/a b")
    assert ran.returncode == 1
    assert service.headers[0]["X-Other"] == "Token s3cret-two"
    assert service.paths == ["/v1/audio/transcriptions?sig=s3cret%2Fa+b"]
    assert "❌ http_5xx: HTTP 500" in ran.stdout
    assert "X-Other: Token ***" in ran.stdout
    for secret in ("s3cret", "p4ssword"):
        assert secret not in ran.stdout + ran.stderr


LITERAL = {
    "headers": {"X-Session": "hunter2/hunter2", "Cookie": "sid=hunter2/hunter2"},
    "endpoint": "/x?sig=hunter2%2Fhunter2",
    "query": {"x": "Bearer hunter2/hunter2"},
    "extra_fields": {"options": '{"api_key": "hunter2/hunter2"}', "pin": "hunter2/hunter2"},
}


@pytest.mark.parametrize(
    "words",
    ["hunter2%2fhunter2", "hunter2\\u002fhunter2", "hunter2&amp;#x2F;hunter2", f"{'x' * 880} hunter2/hunter2"],
    ids=["percent", "json", "html", "cut off"],
)
def test_what_was_not_said_to_be_secret_is_not_shown_in_another_spelling(tmp_path: Path, words: str) -> None:
    with echoing(words) as service:
        ran = probe(tmp_path, {"api": LITERAL | {"base_url": f"http://127.0.0.1:{service.port}"}})
    assert ran.returncode == 1
    assert "you said " in ran.stdout
    assert "hunter2" not in ran.stdout + ran.stderr
    assert "hunter" not in ran.stdout.partition("HTTP 500")[2]


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    ran = probe(tmp_path, {}, "-H", f"http://127.0.0.1:{free_port()}")
    assert ran.returncode == 1
    assert "❌ connect: can't connect to 127.0.0.1:" in ran.stdout
    assert "   Nothing was sent\n\nWhat to do:\n- is the service running, and is this its port?" in ran.stdout
    assert "POST" not in ran.stdout
    assert "load test" not in ran.stdout


def test_an_answer_that_breaks_off(tmp_path: Path) -> None:
    ran = probe(tmp_path, {"embedded": {"cut_rate": 1, "cold_requests": 0, "rtf": 0}})
    assert ran.returncode == 1
    assert "HTTP 200, no whole answer: " in ran.stdout
    assert "❌ truncated: " in ran.stdout


@pytest.mark.parametrize(
    "api", [{"protocol": "none"}, {"headers": {"x": "${NOT_SET}"}}], ids=["wrong value", "unset variable"]
)
def test_a_wrong_configuration_ends_with_2(tmp_path: Path, api: dict[str, Any]) -> None:
    ran = probe(tmp_path, {"api": api})
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "line 1, api." in ran.stderr


def test_a_stream_and_when_it_came(tmp_path: Path) -> None:
    quick = {"overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0, "delta_gap_s": 0.05}
    with logged_server(tmp_path, hears=False, **quick) as server:
        ran = probe(tmp_path, {"api": {"base_url": server.url, "stream": True}, "audio_duration": 2})
    assert ran.returncode == 0, ran.stderr
    assert "text/event-stream" in ran.stdout
    assert "transcript.text.delta" in ran.stdout
    first = re.search(r"First text .*\(after ([\d.]+) s\)", ran.stdout)
    assert first is not None
    assert float(first[1]) >= 0.1
    assert re.search(r"The text in 5 pieces, mean 0\.0[45]", ran.stdout)
    assert "It counts 2 s of audio" in ran.stdout


def test_a_job_step_by_step(tmp_path: Path) -> None:
    api = {"preset": "assemblyai", "job": {"interval": 0.05}}
    with logged_server(tmp_path, overhead_s=0.5, rtf=0.0, jitter="none", cold_requests=0) as server:
        config = {"api": api | {"base_url": server.url}, "audio_duration": 2}
        ran = probe(tmp_path, config, ASSEMBLYAI_API_KEY="s3cret-key-of-mine")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    steps = re.findall(r"^(?:POST|GET) (\S+): HTTP 200 after \d+\.\d{3} s, (.*)$", ran.stdout, re.MULTILINE)
    assert [path for path, _ in steps][:2] == ["/v2/upload", "/v2/transcript"]
    assert len(steps) >= 5
    assert '"status": "completed"' in steps[-1][1]
    assert "s3cret" not in ran.stdout + ran.stderr
    assert f"Times asked whether the job was over: {len(steps) - 2}" in ran.stdout


def test_a_key_in_a_url_that_the_service_has_named_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    printer = _Printer(Api(Bare(), reader("json", Places())), iter(()))
    printer.step(Request("GET", "/jobs/7?signature=abc&v=1", Body(())), Answer(200, "", None, b"{}"), 0.5)
    assert capsys.readouterr().out == "GET /jobs/7?signature=***&v=1: HTTP 200 after 0.500 s, {}\n"


def test_an_answer_that_is_no_text_leaves_the_terminal_alone(tmp_path: Path) -> None:
    with logged_server(tmp_path, cold_requests=0, overhead_s=0.0, misbehaviour="wrong_type") as server:
        ran = probe(tmp_path, {"api": {"base_url": server.url}, "audio_duration": 1})
    assert ran.returncode == 1
    assert "bad_json" in ran.stdout
    assert [one for one in ran.stdout if not one.isprintable() and one != "\n"] == []


def test_numbers_that_no_row_can_hold_are_named(tmp_path: Path) -> None:
    with saying('{"text": "hi \\ud800", "duration": 1e39, "usage": {"total_tokens": 3000000000}}') as url:
        ran = probe(tmp_path, {"api": {"base_url": url}, "audio_duration": 1})
    assert ran.returncode == 0, ran.stderr
    assert "It says numbers beyond all reason, which are left out: server_audio_s, tokens" in ran.stdout


@pytest.mark.parametrize("seconds", [1, 60])
def test_an_https_service(tmp_path: Path, seconds: float) -> None:
    """In a process that nobody has patched; clips of a minute fill every buffer on the way several times."""
    with https_service(tmp_path) as service:
        api = {"base_url": service.url, "ca_bundle": str(service.ca)}
        ran = program(tmp_path, {"api": api, "audio_duration": seconds})
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "✅ A transcript of 5 characters\n   Said:  " in ran.stdout
    ((announced, read, _),) = service.bodies
    assert announced == read
    assert re.search(r"Connection .*\n   TLS  .*\n   Upload  .*\n   Answer's headers  ", ran.stdout)


def test_an_https_service_that_nobody_vouches_for(tmp_path: Path) -> None:
    with https_service(tmp_path) as service:
        ran = probe(tmp_path, {"api": {"base_url": service.url}, "audio_duration": 0.5})
    assert ran.returncode == 1
    assert "❌ tls: " in ran.stdout
    assert "CERTIFICATE_VERIFY_FAILED" in ran.stdout
    assert (
        "   Nothing was sent\n\nWhat to do:\n- for a certificate of your own authority: `api: {ca_bundle:"
        in ran.stdout
    )
    assert service.bodies == []


def test_an_https_service_behind_a_proxy(tmp_path: Path) -> None:
    with https_service(tmp_path) as service, contextlib.closing(Proxy("sesame")) as proxy:
        through = f"http://me:sesame@127.0.0.1:{proxy.port}"
        api = {"base_url": service.url, "ca_bundle": str(service.ca), "proxy": through}
        ran = probe(tmp_path, {"api": api, "audio_duration": 0.5})
    assert ran.returncode == 0, ran.stdout
    assert proxy.asked == [f"CONNECT {service.url.removeprefix('https://')} HTTP/1.1"]
    assert "sesame" not in ran.stdout + ran.stderr


def test_a_port_of_the_other_kind_is_said_to_be_that(tmp_path: Path) -> None:
    with https_service(tmp_path) as service, saying('{"text": "hi"}') as url:
        to_tls = probe(tmp_path, {"api": {"base_url": service.url.replace("https:", "http:")}, "audio_duration": 0.5})
        to_plain = probe(tmp_path, {"api": {"base_url": url.replace("http:", "https:")}, "audio_duration": 0.5})
    assert (to_tls.returncode, to_plain.returncode) == (1, 1)
    assert "is it https?" in to_tls.stdout
    assert "- try `-H https://127.0.0.1:" in to_tls.stdout
    assert "is it plain HTTP, with http:// for its URL?" in to_plain.stdout
    assert "- try `-H http://127.0.0.1:" in to_plain.stdout
    assert "   Nothing was sent" in to_plain.stdout


def test_a_refusal_says_what_to_do_about_it_and_no_secret(tmp_path: Path) -> None:
    with saying("no", status="401 Unauthorized") as url:
        config = {"api": {"base_url": url}, "audio_duration": 0.5}
        without = probe(tmp_path, config)
        sent = probe(tmp_path, config, "--api-key-env", "MINE", MINE="s3cret-of-mine")
    assert (without.returncode, sent.returncode) == (1, 1)
    assert "- no key was sent: put it into an environment variable" in without.stdout
    assert "- a key was sent (header Authorization) and not accepted" in sent.stdout
    assert "s3cret" not in sent.stdout + sent.stderr


def test_what_has_worked_is_saved_and_runs_again(tmp_path: Path) -> None:
    with saying('{"text": ""}') as url:
        first = program(tmp_path, {"seed": 3}, "-H", url, "--audio-duration", "1", "--save", "mine.yaml")
        again = probe(tmp_path, {}, "mine.yaml", "--save")
    assert (first.returncode, first.stderr) == (0, "")
    assert "❗ An empty transcript, of a clip in which somebody speaks\n   Said:  " in first.stdout
    assert first.stdout.endswith(
        "These settings are in mine.yaml\nA load test with these settings:\n"
        "  CONFIG_PATH=mine.yaml stt-load run --headless\n"
    )
    saved = load(tmp_path / "mine.yaml").config
    assert (saved.seed, saved.api.base_url, saved.audio.duration) == (3, url, 1)
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == "config.yaml: exists already and is not replaced; choose another --save FILE\n"


def test_what_has_not_worked_is_not_saved(tmp_path: Path) -> None:
    ran = probe(tmp_path, {}, "-H", f"http://127.0.0.1:{free_port()}", "--save", "mine.yaml")
    assert ran.returncode == 1
    assert not (tmp_path / "mine.yaml").exists()


def test_ctrl_c_is_no_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (tmp_path / "config.yaml").write_text("audio_duration: 1", encoding="utf-8")
        words = [sys.executable, "-m", "stt_load.cli", "probe", "-H", f"http://127.0.0.1:{listener.getsockname()[1]}"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        listener.settimeout(LIMIT_S)
        with (
            subprocess.Popen(
                words, cwd=tmp_path, env=environment(), preexec_fn=restore_interrupt, **pipes
            ) as process,
            listener.accept()[0] as asked,
        ):
            asked.recv(1)  # it is waiting for an answer, or about to
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=LIMIT_S)
            finally:
                process.kill()
    assert (process.returncode, err) == (130, "stt-load: stopped by Ctrl-C, before there was a whole answer\n")
    assert out.startswith("Asking http://127.0.0.1:")
