"""What a client asks for: the body of an audio request, read, checked and taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from stt_load.server import wav
from stt_load.server.errors import ApiError
from stt_load.server.form import FormError, Part, boundary_of, split
from stt_load.server.transcript import FORMATS
from stt_load.server.wav import Clip, WavError


@dataclass(frozen=True, slots=True)
class Question:
    """A well-formed request for a transcript; `language` is None where the client named none."""

    clip: Clip
    response_format: str
    language: str | None


async def read_body(request: web.Request, max_bytes: int) -> bytes:
    """The whole body. ApiError 413 when it is larger than `max_bytes`, 400 when it breaks off.

    Cheaper than aiohttp's `request.read()` and `post()`: what arrived is joined once and copied no further.
    """
    too_large = ApiError(413, f"The body is larger than {max_bytes} bytes.", code="request_too_large")
    if (request.content_length or 0) > max_bytes:
        raise too_large
    chunks, size = [], 0
    try:
        while chunk := await request.content.readany():
            chunks.append(chunk)
            size += len(chunk)
            if size > max_bytes:
                raise too_large
    except (ConnectionError, web.RequestPayloadError) as error:
        raise ApiError(400, f"The body broke off: {error}") from error
    return b"".join(chunks)


def parse(content_type: str, body: bytes) -> Question:
    """The question in a form; ApiError 400 says which field is wrong."""
    try:
        parts = split(body, boundary_of(content_type))
        fields = {part.name: part.text() for part in parts if part.filename is None}
    except FormError as error:
        raise ApiError(400, f"Can't read the form: {error}.") from error
    response_format = fields.get("response_format", "json")
    if response_format not in FORMATS:
        message = f"response_format {response_format[:20]!r} is none of {', '.join(FORMATS)}."
        raise ApiError(400, message, "response_format", "invalid_value")
    if fields.get("stream", "false").lower() != "false":
        raise ApiError(400, "This server does not stream.", "stream", "unsupported_value")
    return Question(_clip(parts), response_format, fields.get("language"))


def _clip(parts: list[Part]) -> Clip:
    files = [part for part in parts if part.name == "file" and part.filename is not None]
    if len(files) != 1:
        raise ApiError(400, f"Exactly one file is needed, the form has {len(files)}.", "file", "missing_file")
    try:
        return wav.parse(files[0].content)
    except WavError as error:
        raise ApiError(400, f"Can't read the WAV file: {error}.", "file", "invalid_file") from error
