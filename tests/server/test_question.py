"""What a client asks for, taken out of the body of its request."""

from __future__ import annotations

from hashlib import sha256

import pytest

from stt_load.audio.clip import wav_header
from stt_load.server.errors import ApiError
from stt_load.server.question import Parse, clip_of, deepgram_audio, elevenlabs_form, openai_form, plain_form

WAV = wav_header(160, 16_000) + bytes(320)


def form(*fields: tuple[str, str], audio: str | None = "file") -> tuple[str, bytes]:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields
    ]
    if audio is not None:
        head = f'--b\r\nContent-Disposition: form-data; name="{audio}"; filename="a.wav"\r\n\r\n'
        parts.append(head.encode() + WAV + b"\r\n")
    return "multipart/form-data; boundary=b", b"".join(parts) + b"--b--\r\n"


def test_the_clip_and_how_it_is_to_be_answered() -> None:
    upload, question = openai_form(*form(("response_format", "verbose_json"), ("language", "ko"), ("stream", "True")))
    assert (clip_of(upload).duration_s, upload.field) == (0.01, "file")
    assert (question.response_format, question.language, question.stream) == ("verbose_json", "ko", True)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ([("response_format", "yaml")], "response_format"),
        ([("stream", "perhaps")], "stream"),
        ([("timestamp_granularities[]", "letter")], "timestamp_granularities[]"),
        ([("chunking_strategy", "[1")], "chunking_strategy"),
    ],
)
def test_what_is_wrong_names_its_field(fields: list[tuple[str, str]], param: str) -> None:
    with pytest.raises(ApiError) as refused:
        openai_form(*form(*fields))
    assert (refused.value.status, refused.value.param) == (400, param)


@pytest.mark.parametrize("parse", [openai_form, plain_form, elevenlabs_form])
def test_a_form_without_audio_is_refused(parse: Parse) -> None:
    with pytest.raises(ApiError, match="Exactly one file is needed") as refused:
        parse(*form(("language", "ko"), ("model_id", "scribe_v1"), audio=None), {})
    assert refused.value.param == "file"


def test_what_an_answer_says_of_the_question() -> None:
    _, question = openai_form(*form(("model", "voxtral-mini"), ("timestamp_granularities", "segment")))
    assert (question.extras.model, question.extras.language, question.extras.segments) == ("voxtral-mini", None, True)
    _, question = elevenlabs_form(*form(("model_id", "scribe_v1"), ("language_code", "ko")))
    assert (question.response_format, question.extras.model) == ("elevenlabs", "scribe_v1")
    assert question.extras.language == question.language == "ko"


def test_a_form_of_elevenlabs_names_its_model() -> None:
    with pytest.raises(ApiError, match="model_id") as refused:
        elevenlabs_form(*form())
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "content_type", ["audio/wav", "AUDIO/X-WAV; x=y", "video/mp4", "application/octet-stream", ""]
)
def test_audio_as_the_body_is_audio_unless_it_calls_itself_something_else(content_type: str) -> None:
    upload, question = deepgram_audio(content_type, WAV, {"model": "nova-3", "language": "ko"})
    assert (clip_of(upload).duration_s, question.response_format, question.language) == (0.01, "deepgram", "ko")
    assert (question.extras.model, question.extras.audio_sha256) == ("nova-3", sha256(WAV).hexdigest())


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=b", "text/plain"])
def test_what_calls_itself_something_else_is_refused(content_type: str) -> None:
    with pytest.raises(ApiError, match="only audio") as refused:
        deepgram_audio(content_type, WAV)
    assert refused.value.status == 415
