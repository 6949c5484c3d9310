"""Refusals, in the shape that the OpenAI API gives them.

Shape: https://platform.openai.com/docs/guides/error-codes
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class ApiError(Exception):
    """An answer that is not a transcript. `param` is the form field at fault, `code` a word for programs."""

    status: int
    message: str
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message

    def body(self) -> bytes:
        """The JSON document of the answer."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return json.dumps({"error": error}).encode()


def overloaded(message: str, retry_after_s: int = 1) -> ApiError:
    return ApiError(503, message, code="overloaded", headers={"Retry-After": str(retry_after_s)})
