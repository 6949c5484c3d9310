"""Which advice is given on what."""

from __future__ import annotations

from stt_load.samples.sample import ErrorKind
from tests.cli.trying import refused, told, unread


def test_a_known_service_is_called_by_the_name_of_its_preset() -> None:
    url = "https://api.deepgram.com/v1/audio/transcriptions"
    assert "try `--preset deepgram`" in refused(404, url=url)
    assert "--preset deepgram`" not in refused(404, url=url, preset="deepgram")


def test_a_host_that_any_service_may_have_is_nobodys() -> None:
    assert "is the service of" not in refused(404, url="http://127.0.0.1:8000/v1/audio/transcriptions")


def test_where_the_message_says_it_all_there_is_no_advice() -> None:
    assert told(ErrorKind.LOCAL_LIMIT, "too many open files") == ""


def test_the_request_of_a_function_is_the_functions() -> None:
    assert refused(401, call="mine.py:ask") == ""


def test_a_poll_that_is_refused_is_a_refusal() -> None:
    assert "no key was sent" in refused(401)
    assert unread(ErrorKind.POLL_FAILED, "") == ""
