"""Where each service has its key, and what its errors look like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stt_load.server.errors import ApiError
from stt_load.server.vendors import vendor_of

OPENAI, AZURE = "/v1/audio/transcriptions", "/openai/deployments/d/audio/transcriptions"
DEEPGRAM, ASSEMBLYAI, ELEVENLABS = "/v1/listen", "/v2/transcript", "/v1/speech-to-text"


@pytest.mark.parametrize(
    ("path", "name", "value", "is_right"),
    [
        (OPENAI, "Authorization", "Bearer k", True),
        (OPENAI, "Authorization", "k", False),
        (OPENAI, "api-key", "k", False),
        (OPENAI, "Authorization", "Bearer \udce9", False),
        (AZURE, "api-key", "k", True),
        (AZURE, "Authorization", "Bearer k", True),
        (DEEPGRAM, "Authorization", "Token k", True),
        (DEEPGRAM, "Authorization", "Bearer k", True),
        (DEEPGRAM, "Authorization", "Token x", False),
        (ASSEMBLYAI, "Authorization", "k", True),
        (ASSEMBLYAI, "Authorization", "kk", False),
        (ELEVENLABS, "xi-api-key", "k", True),
        (ELEVENLABS, "Authorization", "Bearer k", False),
    ],
)
def test_the_key_stands_where_the_service_has_it(path: str, name: str, value: str, is_right: bool) -> None:
    assert vendor_of(path).knows({name: value}, "k") is is_right
    assert not vendor_of(path).knows({}, "k")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (OPENAI, {"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": "wrong_key"}}),
        (DEEPGRAM, {"err_code": "INVALID_AUTH", "err_msg": "No."}),
        (ASSEMBLYAI, {"error": "No."}),
        (ELEVENLABS, {"detail": {"status": "wrong_key", "message": "No."}}),
    ],
)
def test_an_error_has_the_shape_of_the_service(path: str, told: dict[str, Any]) -> None:
    document = json.loads(vendor_of(path).body(ApiError(401, "No.", code="wrong_key")))
    document.pop("request_id", None)
    assert document == told


@pytest.mark.parametrize(("status", "code"), [(400, "Bad Request"), (500, "Internal Server Error")])
def test_deepgram_names_other_errors_by_their_status(status: int, code: str) -> None:
    assert json.loads(vendor_of(DEEPGRAM).body(ApiError(status, "No.")))["err_code"] == code
