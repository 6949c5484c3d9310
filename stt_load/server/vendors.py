"""What differs between the services that are modelled here, whatever is asked: where the key stands, and what an
error looks like.

Azure: https://learn.microsoft.com/azure/ai-foundry/openai/reference. Deepgram: https://developers.deepgram.com/
reference/errors. AssemblyAI: https://www.assemblyai.com/docs/api-reference. ElevenLabs: https://elevenlabs.io/docs/
eleven-api/resources/errors.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from stt_load.server.errors import ApiError


@dataclass(frozen=True, slots=True)
class Vendor:
    """keys: the headers that may have the key, and what stands before it there. body: the JSON of a refusal."""

    keys: tuple[tuple[str, str], ...]
    body: Callable[[ApiError], bytes]

    def knows(self, headers: Mapping[str, str], api_key: str) -> bool:
        """Whether there is the key in one of its places."""
        return any(
            hmac.compare_digest(
                headers.get(name, "").encode("utf-8", "surrogateescape"), f"{scheme}{api_key}".encode()
            )
            for name, scheme in self.keys
        )


def vendor_of(path: str) -> Vendor:
    """Whose path that is; OpenAI's where it is nobody else's."""
    return next((vendor for prefix, vendor in _BY_PATH if path.startswith(prefix)), _OPENAI)


def _document(tell: Callable[[ApiError], dict[str, Any]]) -> Callable[[ApiError], bytes]:
    return lambda error: json.dumps(tell(error)).encode()


def _deepgram(error: ApiError) -> dict[str, Any]:
    code = "INVALID_AUTH" if error.status == 401 else HTTPStatus(error.status).phrase
    return {"err_code": code, "err_msg": error.message, "request_id": str(uuid4())}


def _elevenlabs(error: ApiError) -> dict[str, Any]:
    return {"detail": {"status": error.code or "invalid_request", "message": error.message}}


_BEARER = ("Authorization", "Bearer ")
_OPENAI = Vendor((_BEARER,), ApiError.body)
_BY_PATH = (
    ("/openai/", Vendor((_BEARER, ("api-key", "")), ApiError.body)),
    ("/v1/listen", Vendor((("Authorization", "Token "), _BEARER), _document(_deepgram))),
    ("/v1/speech-to-text", Vendor((("xi-api-key", ""),), _document(_elevenlabs))),
    ("/v2/", Vendor((("Authorization", ""), _BEARER), _document(lambda error: {"error": error.message}))),
)
