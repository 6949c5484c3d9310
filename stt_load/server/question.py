"""What a client asks for: the body of an audio request, read, checked and taken apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from stt_load.server import flac, wav
from stt_load.server.errors import ApiError
from stt_load.server.flac import FlacClip, FlacError
from stt_load.server.form import FormError, Part, boundary_of, split
from stt_load.server.formats import FORMATS
from stt_load.server.transcript import MODEL, NO_EXTRAS, Extras
from stt_load.server.wav import Clip, WavError

Query = Mapping[str, str]
NO_QUERY: Query = {}


@dataclass(frozen=True, slots=True)
class Upload:
    """Audio as it came, not looked at yet, and the field that it came in."""

    content: memoryview
    field: str = "body"


@dataclass(frozen=True, slots=True)
class Question:
    """How a client wants its transcript: in which language, None where it named none, and whether as a stream."""

    response_format: str = "json"
    language: str | None = None
    extras: Extras = NO_EXTRAS
    stream: bool = False


def openai_form(content_type: str, body: bytes, _: Query = NO_QUERY) -> tuple[Upload, Question]:
    """The question in a form of the OpenAI API; ApiError 400 says which field is wrong."""
    parts, fields = _form(content_type, body)
    response_format = fields.get("response_format", "json")
    _one_of("response_format", response_format, FORMATS)
    listed = [
        (name, part.text())
        for part in parts
        if (name := part.name.removesuffix("[]") + "[]") in LISTS and part.filename is None
    ]
    for name, choices in LISTS.items():
        for value in (value for key, value in listed if key == name):
            _one_of(name, value, choices)
    _check_chunking(fields)
    upload = _file(parts, "file")
    stream = _is_true(fields, "stream")
    extras = Extras(
        words=("timestamp_granularities[]", "word") in listed,
        segments=("timestamp_granularities[]", "segment") in listed,
        logprobs=("include[]", "logprobs") in listed,
        diarized=response_format == "diarized_json",
        usage=_is_true(fields, "stream_include_usage"),
        model=fields.get("model", MODEL),
        language=fields.get("language"),
    )
    return upload, Question(response_format, fields.get("language"), extras, stream)


LISTS = {"timestamp_granularities[]": ("word", "segment"), "include[]": ("logprobs",)}
"""Fields of which there may be several, and what they may be; Mistral's client writes no brackets."""


def _one_of(name: str, value: str, choices: Collection[str]) -> None:
    if value not in choices:
        raise ApiError(400, f"{name} {value[:20]!r} is none of {', '.join(choices)}.", name, "invalid_value")


def _is_true(fields: Mapping[str, str], name: str) -> bool:
    value = fields.get(name, "false").lower()
    _one_of(name, value, ("true", "false"))
    return value == "true"


def _check_chunking(fields: Mapping[str, str]) -> None:
    """`auto`, or an object: as JSON, or field by field in brackets, as the official client sends it."""
    value = fields.get("chunking_strategy", "auto")
    kind: Any = fields.get("chunking_strategy[type]", "server_vad")
    if value != "auto":
        try:
            kind = json.loads(value)["type"]
        except (ValueError, TypeError, KeyError, RecursionError):
            kind = None
    if kind != "server_vad":
        message = "chunking_strategy is neither auto nor an object of type server_vad."
        raise ApiError(400, message, "chunking_strategy", "invalid_value")


def plain_form(
    content_type: str, body: bytes, _: Query = NO_QUERY, audio_field: str = "file"
) -> tuple[Upload, Question]:
    """The question in a form with the audio, maybe the language, and whatever else."""
    parts, fields = _form(content_type, body)
    return _file(parts, audio_field), Question(language=fields.get("language"))


def elevenlabs_form(content_type: str, body: bytes, _: Query = NO_QUERY) -> tuple[Upload, Question]:
    """The question in a form of ElevenLabs; ApiError 422 where the model is missing, as there."""
    parts, fields = _form(content_type, body)
    if "model_id" not in fields:
        raise ApiError(422, "The field model_id is missing.", "model_id", "missing_field")
    language = fields.get("language_code")
    extras = Extras(model=fields["model_id"], language=language)
    return _file(parts, "file"), Question("elevenlabs", language, extras)


def deepgram_audio(content_type: str, body: bytes, query: Query = NO_QUERY) -> tuple[Upload, Question]:
    """The question in a body that is the audio, whatever kind of audio it calls itself, and in the query; ApiError
    415 where it says that it is something else: a URL in JSON is not fetched here."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("", "application/octet-stream") and not kind.startswith(("audio/", "video/")):
        raise ApiError(415, f"Content-Type is {content_type[:60]}; only audio as the body is taken here.")
    language = query.get("language")
    extras = Extras(model=query.get("model", MODEL), language=language, audio_sha256=sha256(body).hexdigest())
    return Upload(memoryview(body)), Question("deepgram", language, extras)


Parse = Callable[[str, bytes, Query], tuple[Upload, Question]]
"""(Content-Type, body, query) to what is asked of which audio: apart, as no body is kept for as long as its request
waits."""


def _form(content_type: str, body: bytes) -> tuple[list[Part], dict[str, str]]:
    """All parts, and the text fields by name."""
    try:
        parts = split(body, boundary_of(content_type))
        return parts, {part.name: part.text() for part in parts if part.filename is None}
    except FormError as error:
        raise ApiError(400, f"Can't read the form: {error}.") from error


def _file(parts: list[Part], field: str) -> Upload:
    files = [part for part in parts if part.name == field and part.filename is not None]
    if len(files) != 1:
        raise ApiError(400, f"Exactly one file is needed, the form has {len(files)}.", field, "missing_file")
    return Upload(files[0].content, field)


def clip_of(upload: Upload) -> Clip | FlacClip:
    """The clip that this is; ApiError 400 where it is none."""
    try:
        return flac.parse(upload.content) if upload.content[:4] == flac.MARK else wav.parse(upload.content)
    except WavError as error:
        raise unreadable(error, upload.field) from error


def unreadable(error: WavError, field: str) -> ApiError:
    """What is answered to audio that can't be read, whenever that comes out."""
    kind = "FLAC" if isinstance(error, FlacError) else "WAV"
    return ApiError(400, f"Can't read the {kind} file: {error}.", field, "invalid_file")
