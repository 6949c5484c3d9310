"""A function of the user's own as a client: how it is found, what is said of one that can't be used, and that
whatever it returns or raises is a failure of its kind."""

from __future__ import annotations

import io
import os
import sys
from enum import IntEnum
from http import HTTPStatus
from pathlib import Path
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
from stt_load.client.call import CallClient, HookError, load
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


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of the test's own, nothing of which is kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    load.cache_clear()


def write(text: str, name: str = "calls.py") -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def test_the_function_is_called_with_the_clip() -> None:
    write("def f(wav):\n    return wav.read().decode()\n")
    assert load("calls.py:f")(io.BytesIO(b"hello")) == "hello"


def test_anything_that_can_be_called_with_one_argument_will_do() -> None:
    write(
        "import functools\n"
        "class Client:\n"
        "    def __call__(self, wav, model='m'):\n"
        "        return model\n"
        "client = Client()\n"
        "partly = functools.partial(client, model='large')\n"
        "def more(*clips, **options):\n"
        "    return str(len(clips))\n"
    )
    assert load("calls.py:client")(io.BytesIO()) == "m"
    assert load("calls.py:partly")(io.BytesIO()) == "large"
    assert load("calls.py:more")(io.BytesIO()) == "1"


def test_a_function_written_in_c_may_not_say_what_it_takes() -> None:
    write("f = type\n")
    assert load("calls.py:f") is type


def test_a_file_is_imported_once() -> None:
    write("made = []\ndef f(wav):\n    made.append(1)\n    return str(len(made))\n")
    assert load("calls.py:f") is load("calls.py:f")
    assert [load("calls.py:f")(io.BytesIO()) for _ in range(2)] == ["1", "2"]


def test_it_may_import_what_stands_beside_it_and_stand_in_a_folder() -> None:
    write("WORD = 'beside'\n", "my calls/words_of_mine.py")
    write("from words_of_mine import WORD\ndef f(wav):\n    return WORD\n", "my calls/c.py")
    assert load("my calls/c.py:f")(io.BytesIO()) == "beside"
    assert sys.path[0] == str(Path("my calls").absolute())


def test_the_folder_is_not_put_there_twice() -> None:
    write("def f(wav): pass\ndef g(wav): pass\n")
    load("calls.py:f")
    load("calls.py:g")
    assert sys.path.count(str(Path.cwd())) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "there is no file "),
        ("def g(wav): pass", "there is no function `f` in calls.py"),
        ("f = 3", "there is no function `f` in calls.py"),
        ("async def f(wav): pass", "`f` is an async def, whose event loop would stop all other users"),
        ("class F:\n    async def __call__(self, wav): pass\nf = F()", "`f` is an async def"),
        ("def f(): pass", "`f` can't be called with one argument, the audio as io.BytesIO"),
        ("def f(wav, model): pass", "`f` can't be called with one argument"),
        ("def f(*, wav): pass", "`f` can't be called with one argument"),
        ("import not_there_at_all", "can't be imported: ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("def f(wav) pass", "can't be imported: SyntaxError: "),
        ("raise RuntimeError('no key')", "can't be imported: RuntimeError: no key"),
        ("import sys\nsys.exit('no key')", "can't be imported: SystemExit: no key"),
    ],
)
def test_what_can_not_be_used_says_why(text: str | None, reason: str) -> None:
    if text is not None:
        write(text)
    with pytest.raises(HookError) as caught:
        load("calls.py:f")
    assert str(caught.value).startswith("api.call calls.py:f: ")
    assert reason in str(caught.value)


def test_a_folder_and_a_file_of_another_kind_are_no_files_of_python() -> None:
    Path("folder.py").mkdir()
    write("def f(wav): pass", "calls.txt")
    for spec in ("folder.py:f", "calls.txt:f", ":f"):
        load.cache_clear()
        with pytest.raises(HookError, match="there is no file "):
            load(spec)


def test_what_could_not_be_used_can_be_mended() -> None:
    """A failed import is not kept, as in a web UI whose test is started again."""
    write("raise RuntimeError('no key')")
    with pytest.raises(HookError):
        load("calls.py:f")
    write("def f(wav):\n    return 'mended'\n")
    assert load("calls.py:f")(io.BytesIO()) == "mended"


@pytest.mark.parametrize(("kind", "said"), [("pipe", "a named pipe"), ("device", "a device"), ("large", "1 MB")])
def test_its_file_is_an_ordinary_one_of_bounded_size(kind: str, said: str) -> None:
    path = Path("calls.py")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"#" * 2_000_000)
    with pytest.raises(HookError, match=rf"calls\.py is .*{said}.*choose a Python file"):
        load("calls.py:f")
