"""A function of the user's own as a client: whatever it returns or raises is a failure of its kind."""

from __future__ import annotations

import io
from enum import IntEnum
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import gevent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.numbers import bounded
from stt_load.api.request import Body
from stt_load.api.verdict import Answer
from stt_load.client import ClientError, Exchange, Target, Timeouts
from stt_load.client.call import CallClient
from stt_load.samples.sample import ErrorKind

BODY = Body((b"RI", memoryview(b"FF")), 4)


def call(function: Any, total_s: float = 5.0) -> tuple[Answer | ClientError, Exchange]:
    """What comes of one call."""
    client, exchange = (
        CallClient(Target("calls.py:f", {}, Timeouts(1, 1, 1, total_s), 100), function),
        Exchange(),
    )
    try:
        return client.post(BODY, exchange), exchange
    except ClientError as error:
        return error, exchange
    finally:
        client.close()


def raising(error: BaseException) -> Any:
    def function(_: io.BytesIO) -> str:
        raise error

    return function


def failure(error: BaseException) -> tuple[ClientError, Exchange]:
    found, exchange = call(raising(error))
    assert isinstance(found, ClientError)
    return found, exchange


class AnsweredError(Exception):
    def __init__(self, status: Any) -> None:
        super().__init__("no")
        self.status_code = status


def test_it_gets_the_clip_as_a_file_and_its_text_is_the_answer() -> None:
    found, exchange = call(lambda clip: f"안녕 {clip.read()!r}")
    assert isinstance(found, Answer)
    assert (found.status, found.body.decode()) == (200, "안녕 b'RIFF'")
    assert (exchange.status, exchange.uploaded) == (200, 4)
    assert exchange.done_s is not None
    assert exchange.sent_s is not None
    assert exchange.done_s >= exchange.sent_s


@pytest.mark.parametrize("returned", [None, 5, b"bytes", {"text": "a"}, ["a"]])
def test_what_is_no_text_is_none(returned: object) -> None:
    found, _ = call(lambda _: returned)
    assert isinstance(found, ClientError)
    assert (found.kind, found.message) == (
        ErrorKind.NO_TEXT,
        f"the function returned {type(returned).__name__}, not a text",
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ErrorKind.AUTH),
        (413, ErrorKind.TOO_LARGE),
        (429, ErrorKind.SHED),
        (HTTPStatus.SERVICE_UNAVAILABLE, ErrorKind.SHED),
        (500, ErrorKind.HTTP_5XX),
        (200, ErrorKind.HOOK_ERROR),
    ],
)
def test_an_exception_that_knows_of_a_status_is_that_failure(status: int, kind: ErrorKind) -> None:
    for error in (AnsweredError(status), of_response(status)):
        found, exchange = failure(error)
        assert (found.kind, exchange.status) == (kind, status)
        assert type(exchange.status) is int


def of_response(status: Any) -> Exception:
    """As those of requests and httpx are."""
    error = ValueError("no")
    error.response = SimpleNamespace(status_code=status)  # type: ignore[attr-defined]
    return error


class Code(IntEnum):
    TINY = 7
    HUGE = 40_000


@pytest.mark.parametrize("status", [40_000, -1, 0, 99, 1_000, 2**70, Code.HUGE, Code.TINY])
def test_a_status_that_is_none_is_left_out_and_named(status: int) -> None:
    found, exchange = failure(AnsweredError(status))
    assert found.kind is ErrorKind.HOOK_ERROR
    assert bounded({"status": exchange.status}) == ({"status": None}, ("status",))


@pytest.mark.parametrize("status", [True, False, None, "429", 429.0, [429]])
def test_what_is_no_number_is_no_status(status: Any) -> None:
    found, exchange = failure(AnsweredError(status))
    assert (found.kind, found.message) == (ErrorKind.HOOK_ERROR, "AnsweredError: no")
    assert exchange.status is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("no idea"), ErrorKind.HOOK_ERROR),
        (SystemExit(3), ErrorKind.HOOK_ERROR),
        (TimeoutError("late"), ErrorKind.TIMEOUT_TOTAL),
        (type("APITimeoutError", (Exception,), {})("late"), ErrorKind.TIMEOUT_TOTAL),
    ],
)
def test_other_exceptions(error: BaseException, kind: ErrorKind) -> None:
    assert failure(error)[0].kind is kind


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even that")


def test_one_that_can_not_be_shown_is_a_failure_all_the_same() -> None:
    found, _ = failure(UnspeakableError())
    assert (found.kind, found.message) == (ErrorKind.HOOK_ERROR, "UnspeakableError")


def test_it_is_cut_at_the_limit() -> None:
    found, exchange = call(lambda _: gevent.sleep(60), total_s=0.05)
    assert isinstance(found, ClientError)
    assert (found.kind, exchange.status) == (ErrorKind.TIMEOUT_TOTAL, None)


@given(text=st.text(st.characters(codec=None)))
def test_any_text_is_an_answer(text: str) -> None:
    found, _ = call(lambda _: text)
    assert isinstance(found, Answer)
    assert len(found.body.decode()) == len(text)


@given(status=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(Code))
def test_any_status_makes_a_failure_that_a_row_can_hold(status: Any) -> None:
    found, exchange = failure(AnsweredError(status))
    assert isinstance(found.kind, ErrorKind)
    assert bounded({"status": exchange.status})[0]["status"] in (None, exchange.status)
