"""Any bytes for an answer, on real sockets: a verdict comes of them whose numbers and headers a row can hold."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stt_load.api.answers import reader
from stt_load.api.api import Api
from stt_load.api.form import Bare
from stt_load.api.numbers import bounded
from stt_load.api.request import Body
from stt_load.api.stream import Stream
from stt_load.api.verdict import Failure, Transcript, storable
from stt_load.client import Client, ClientError, Exchange, Target, Timeouts
from stt_load.client.http import HttpClient
from tests.api.documents import documents
from tests.api.test_any_answer import check
from tests.ports import stop_listening

BODY = Body((b"RIFF",), 4)
CAPTURED = ("x-served-by", "x-other")
SPEECH = Api(Bare(), reader("json"))


class Parrot:
    """Answers each request, on a connection of its own, with `reply`, and closes it."""

    def __init__(self) -> None:
        self.reply = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        stop_listening(self._listener)

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
                with sock:
                    data = b""
                    while not data.endswith(b"RIFF"):
                        data += sock.recv(65_536)
                    sock.sendall(self.reply)
            except OSError:
                if self._listener.fileno() < 0:
                    return


@pytest.fixture(scope="module")
def parrot() -> Iterator[Parrot]:
    parrot = Parrot()
    yield parrot
    parrot.close()


names = st.sampled_from(
    [
        b"X-Served-By",
        b"x-other",
        b"Content-Type",
        b"Location",
        b"Retry-After",
        b"Content-Encoding",
        b"X",
        b"Set-Cookie",
    ]
)
values = st.binary(max_size=30).map(lambda value: value.translate(None, b"\r\n")) | st.sampled_from(
    [b"", b"x" * 20_000, b"\xff\xfe", b"\x00", b"\x1b[2J", "안녕".encode(), b"text/event-stream", b"9" * 400, b"gzip"]
)
wholes = st.tuples(st.integers(0, 99_999), st.lists(st.tuples(names, values), max_size=5), documents).map(
    lambda said: (
        b"HTTP/1.1 %03d OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
        % (
            said[0] if said[0] < 700 else 200,
            b"\r\n".join([b"%s: %s" % one for one in said[1]] or [b"X: y"]),
            len(said[2].encode()),
            said[2].encode(),
        )
    )
)


def spoken(client: Client, exchange: Exchange) -> Transcript | Failure:
    """What comes of one request."""
    try:
        return SPEECH.read(client.post(BODY, exchange))
    except ClientError as error:
        return Failure(error.kind, error.message)


@pytest.mark.parametrize("is_stream", [False, True])
@settings(max_examples=60)
@given(reply=wholes | st.binary())
def test_it_is_a_verdict_whatever_comes(parrot: Parrot, is_stream: bool, reply: bytes) -> None:
    parrot.reply = reply
    target = Target(parrot.url, {}, Timeouts(5, 5, 5, 5), 1_000_000, requests_per_connection=1, captured=CAPTURED)
    exchange = Exchange(stream=Stream(None, reader("json")) if is_stream else None)
    speaker = HttpClient(target)
    check(spoken(speaker, exchange))
    speaker.close()
    kept = {name: None if value is None else storable(value) for name, value in exchange.captured.items()}
    assert json.loads(json.dumps(kept, ensure_ascii=False).encode()) == kept
    counted = {"status": exchange.status, "connect_s": exchange.connect_s, "download_bytes": exchange.received}
    assert set(bounded(counted)[1]) <= {"status"}
