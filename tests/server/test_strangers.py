"""What strangers may send: each gets a clear answer for bounded work, and the next client is served as ever."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

import pytest
import requests

from stt_load.server import assemblyai, bodies, jobs
from stt_load.server.form import MAX_PARTS, MAX_TEXT_BYTES

from .clips import multipart, wav
from .running import INSTANT, Running, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def riff(*chunks: bytes) -> bytes:
    content = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def fmt(rate_hz: int = 16_000, channels: int = 1, bits: int = 16, tag: int = 1) -> bytes:
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * frame & 0xFFFFFFFF, frame, bits))


ODD_CLIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "1 Hz": (lambda: wav(1_000_000, rate_hz=1), "1 Hz; only 1000 to 768000 are taken"),
    "4 GHz": (lambda: riff(fmt(2**31 - 1), chunk(b"data", bytes(200))), "2147483647 Hz; only"),
    "300,000 empty chunks": (
        lambda: riff(chunk(b"junk", b"") * 300_000, fmt(), chunk(b"data", bytes(200))),
        "more than 1000 chunks",
    ),
    "lists in a list": (
        lambda: riff(*([chunk(b"LIST", b"INFO" + chunk(b"LIST", b"INFO"))] * 2_000), fmt(), chunk(b"data", bytes(8))),
        "more than 1000 chunks",
    ),
    "a declared size": (lambda: riff(fmt(), b"data" + struct.pack("<I", 2**32 - 1)), "promises 4294967295 bytes"),
    "no channels": (lambda: riff(fmt(channels=0), chunk(b"data", b"")), "0 channels"),
    "65,535 channels": (lambda: riff(fmt(channels=65_535 // 2), chunk(b"data", bytes(7))), "whole number"),
    "7 bits": (lambda: riff(fmt(bits=7), chunk(b"data", bytes(200))), "7 bits"),
    "floats": (lambda: riff(fmt(bits=32, tag=3), chunk(b"data", bytes(200))), "format 3"),
}


@pytest.mark.parametrize("kind", ODD_CLIPS)
def test_a_clip_that_is_none_is_a_400_that_says_why(server: Running, kind: str) -> None:
    make, said = ODD_CLIPS[kind]
    answer = server.ask(make())
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_file"
    assert said in answer.json()["error"]["message"]
    assert server.ask().status_code == 200


def test_no_audio_at_all_is_an_empty_transcript(server: Running) -> None:
    answer = server.ask(riff(fmt(), chunk(b"data", b"")))
    assert (answer.status_code, answer.json()["text"]) == (200, "")


def part(name: str, content: bytes = b"v", header: bytes = b"") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"'.encode()
    return b"--b\r\n" + disposition + header + b"\r\n\r\n" + content + b"\r\n"


ODD_FORMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a million fields": (lambda: b"--b\r\n\r\n\r\n" * 1_000_000 + b"--b--\r\n", "without Content-Disposition"),
    "many fields": (lambda: part("a") * (MAX_PARTS + 1) + b"--b--\r\n", "more than 1000 parts"),
    "long headers": (lambda: part("a", header=b"; a=b" * 1_500) * 100 + b"--b--\r\n", "bytes of part headers"),
    "a header of 5 MB": (lambda: part("a", header=b"; a=b" * 1_000_000) + b"--b--\r\n", "does not end"),
    "a text of 20 MB": (lambda: part("prompt", b"x" * 20_000_000) + b"--b--\r\n", "'prompt' is longer than 65536"),
    "deep JSON": (
        lambda: part("chunking_strategy", b"[" * MAX_TEXT_BYTES) + part("x") + b"--b--\r\n",
        "chunking_strategy is neither",
    ),
    "almost delimiters": (lambda: part("a", b"\r\n--bx" * 4_000_000) + b"--b--\r\n", "begin as the delimiter does"),
    "padding without end": (lambda: b"--b" + b" " * 20_000_000, "cut short"),
}


@pytest.mark.parametrize("kind", ODD_FORMS)
def test_a_form_that_is_none_is_a_400_that_says_why(server: Running, kind: str) -> None:
    make, said = ODD_FORMS[kind]
    answer = server.post(make(), "multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert server.ask().status_code == 200


def test_a_compressed_body_is_refused_unread(server: Running) -> None:
    """100 kB that become 100 MB."""
    body = gzip.compress(bytes(100_000_000))
    for coding in ("gzip", "deflate", "br", "x"):
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Encoding": coding}
        answer = requests.post(f"{server.url}/v1/audio/transcriptions", data=body, headers=headers, timeout=60)
        assert answer.status_code == 415
        assert f"'{coding}'" in answer.json()["error"]["message"]
    assert server.ask(headers={"Content-Encoding": "identity"}).status_code == 200


@contextmanager
def connected(server: Running) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with closing(socket.create_connection((address.hostname, address.port or 0), timeout=60)) as connection:
        yield connection


HEAD = (
    "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def answered(connection: socket.socket) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer


def test_a_body_byte_by_byte_is_a_body(server: Running) -> None:
    body, kind = multipart(wav(2_000))
    with connected(server) as connection:
        connection.sendall(HEAD.format(kind=kind).encode())
        connection.sendall(b"".join(b"1\r\n%c\r\n" % one for one in body) + b"0\r\n\r\n")
        assert answered(connection).status == 200


def test_small_parts_are_joined_as_they_come() -> None:
    parts = bodies._Parts()
    for number in range(100_000):
        parts.add(b"%c" % (number % 256))
    parts.add(bytes(bodies.SMALL_BYTES))
    parts.add(b"end")
    assert len(parts._parts) == 3
    assert len(parts.joined()) == parts.size == 100_003 + bodies.SMALL_BYTES


def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LONGEST_S", 0.3)
    with serving() as server, connected(server) as connection:
        connection.sendall(HEAD.format(kind="multipart/form-data; boundary=b").encode() + b"1\r\na\r\n")
        answer = answered(connection)
        assert answer.status == 408
        assert "did not come within" in json.loads(answer.read())["error"]["message"]


def test_bodies_on_their_way_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_ARRIVING_BYTES", 1_000_000)
    body, kind = multipart(wav(100_000))
    with serving() as server, connected(server) as first:
        first.sendall(HEAD.format(kind=kind).encode() + b"dbba0\r\n" + bytes(900_000))
        deadline_s = time.monotonic() + 30
        while (answer := server.post(body, kind)).status_code == 200 and time.monotonic() < deadline_s:
            pass
        assert answer.status_code == 503
        assert (answer.json()["error"]["code"], answer.headers["Retry-After"]) == ("overloaded", "1")
        first.close()
        while (answer := server.post(body, kind)).status_code == 503 and time.monotonic() < deadline_s:
            pass
        assert answer.status_code == 200, "what has broken off counts no more"


def test_uploads_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemblyai, "MOST_UPLOADED_BYTES", 1_000_000)
    with serving() as server:
        clip = wav(150_000)
        places = [requests.post(f"{server.url}/v2/upload", data=clip, timeout=30).json() for _ in range(5)]
        made = [
            requests.post(f"{server.url}/v2/transcript", json={"audio_url": place["upload_url"]}, timeout=30)
            for place in places
        ]
    assert [answer.status_code for answer in made] == [400, 400, 200, 200, 200]


def job(server: Running, clip: bytes | None = None) -> requests.Response:
    return requests.post(f"{server.url}/jobs", files={"file": ("a.wav", clip or wav())}, timeout=30)


def test_jobs_that_are_not_over_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_UNFINISHED", 2)
    with serving(INSTANT.model_copy(update={"overhead_s": 3_600.0})) as server:
        answers = [job(server) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202, 202, 503, 503]
        assert "Too many jobs" in answers[-1].json()["error"]["message"]
        assert server.get("/metrics").status_code == 200
    assert [truth.status for truth in server.truths if truth.status] == [503, 503]


def test_transcripts_of_jobs_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_SEGMENTS", 100)
    long = wav(200_000, rate_hz=1_000)  # 200 s, some 63 segments
    with serving() as server:
        made = []
        deadline_s = time.monotonic() + 30
        for _ in range(4):
            made.append(job(server, long).json()["id"])
            while server.get(f"/jobs/{made[-1]}").json()["status"] != "done" and time.monotonic() < deadline_s:
                pass
        assert [server.get(f"/jobs/{one}").status_code for one in made] == [404, 404, 404, 200]
    with serving(INSTANT.model_copy(update={"overhead_s": 3_600.0})) as server:
        assert [job(server, long).status_code for _ in range(4)] == [202, 202, 503, 503]


def test_a_json_body_is_no_clip(server: Running) -> None:
    large = b'{"audio_url": "' + b"x" * 2_000_000 + b'"}'
    answer = requests.post(f"{server.url}/v2/transcript", data=large, timeout=30)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: h\r\n" + b"x: y\r\n" * 100_000,
        b"GET / HTTP/1.1\r\nHost: h\r\nx: " + b"y" * 1_000_000,
        b"GET /" + b"y" * 1_000_000,
        b"junk\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
    ids=["headers", "header", "line", "junk", "TLS"],
)
def test_what_is_no_request_is_refused_and_fills_no_log(
    server: Running, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(server) as connection, suppress(ConnectionError):
        connection.sendall(request_bytes)
        assert b" 400 " in connection.recv(100)
    assert server.ask().status_code == 200
    assert not caplog.records
