"""What a client asks for: the body of an audio request, read, checked and taken apart."""

from __future__ import annotations

from collections.abc import Callable
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


def openai_form(content_type: str, body: bytes) -> Question:
    """The question in a form of the OpenAI API; ApiError 400 says which field is wrong."""
    parts, fields = _form(content_type, body)
    response_format = fields.get("response_format", "json")
    if response_format not in FORMATS:
        message = f"response_format {response_format[:20]!r} is none of {', '.join(FORMATS)}."
        raise ApiError(400, message, "response_format", "invalid_value")
    if fields.get("stream", "false").lower() != "false":
        raise ApiError(400, "This server does not stream.", "stream", "unsupported_value")
    return Question(_file(parts, "file"), response_format, fields.get("language"))


def audio_file_form(content_type: str, body: bytes) -> Question:
    """The question in a form whose audio is `audio_file`, as whisper-asr-webservice has it."""
    parts, fields = _form(content_type, body)
    return Question(_file(parts, "audio_file"), "json", fields.get("language"))


def bare_audio(content_type: str, body: bytes) -> Question:
    """The question in a body that is the audio, as Deepgram has it; ApiError 415 where it says that it is not."""
    if not content_type.lower().startswith("audio/"):
        raise ApiError(415, f"Content-Type is {content_type or 'missing'}, not audio/...")
    return Question(_clip(memoryview(body), "body"), "listen", None)


Parse = Callable[[str, bytes], Question]
"""(Content-Type, body) to what is asked."""


def _form(content_type: str, body: bytes) -> tuple[list[Part], dict[str, str]]:
    """All parts, and the text fields by name."""
    try:
        parts = split(body, boundary_of(content_type))
        return parts, {part.name: part.text() for part in parts if part.filename is None}
    except FormError as error:
        raise ApiError(400, f"Can't read the form: {error}.") from error


def _file(parts: list[Part], field: str) -> Clip:
    files = [part for part in parts if part.name == field and part.filename is not None]
    if len(files) != 1:
        raise ApiError(400, f"Exactly one file is needed, the form has {len(files)}.", field, "missing_file")
    return _clip(files[0].content, field)


def _clip(content: memoryview, field: str) -> Clip:
    try:
        return wav.parse(content)
    except WavError as error:
        raise ApiError(400, f"Can't read the WAV file: {error}.", field, "invalid_file") from error
