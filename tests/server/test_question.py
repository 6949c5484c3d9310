"""What a client asks for, taken out of the body of its request."""

from __future__ import annotations

import pytest

from stt_load.audio.clip import wav_header
from stt_load.server.errors import ApiError
from stt_load.server.question import Parse, bare_audio, openai_form, plain_form

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
    clip, question = openai_form(*form(("response_format", "verbose_json"), ("language", "ko"), ("stream", "True")))
    assert clip.duration_s == 0.01
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


@pytest.mark.parametrize("parse", [openai_form, plain_form])
def test_a_form_without_audio_is_refused(parse: Parse) -> None:
    with pytest.raises(ApiError, match="Exactly one file is needed") as refused:
        parse(*form(("language", "ko"), audio=None))
    assert refused.value.param == "file"


def test_audio_as_the_body_has_to_call_itself_audio() -> None:
    clip, question = bare_audio("audio/wav", WAV)
    assert (clip.duration_s, question.response_format) == (0.01, "listen")
    with pytest.raises(ApiError) as refused:
        bare_audio("application/json", WAV)
    assert refused.value.status == 415
