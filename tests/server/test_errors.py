"""Refusals in the shape of the OpenAI API."""

from __future__ import annotations

import json

import pytest

from stt_load.server.errors import ApiError, overloaded


@pytest.mark.parametrize(("status", "kind"), [(400, "invalid_request_error"), (503, "server_error")])
def test_a_refusal_says_whose_fault_it_is_and_which_field(status: int, kind: str) -> None:
    said = json.loads(ApiError(status, "No.", "file", "missing_file").body())
    assert said == {"error": {"message": "No.", "type": kind, "param": "file", "code": "missing_file"}}


def test_a_traceback_shows_the_message() -> None:
    assert str(ApiError(400, "No such field.", "file")) == "No such field."


def test_an_overload_asks_for_a_pause() -> None:
    error = overloaded("Too many.", retry_after_s=3)
    assert (error.status, error.code, error.headers) == (503, "overloaded", {"Retry-After": "3"})
