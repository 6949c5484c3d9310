"""A request's body with a place in it where the audio goes: multipart/form-data, or nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from requests_toolbelt import MultipartEncoder

from stt_load.api.request import Body, Part


class Form:
    """One shape of form, encoded once: the bytes before the audio, the bytes after it, and the Content-Type.

    fields: (name, value) pairs in the order to send them; a name may come more than once. The audio is the part
    `file_field`, with `filename` and `content_type`, and comes last, as curl and the OpenAI SDK's users order it.
    """

    def __init__(
        self,
        fields: Sequence[tuple[str, str]],
        file_field: str = "file",
        filename: str = "audio.wav",
        content_type: str = "audio/wav",
    ) -> None:
        # Speech, and more so FLAC, may have any bytes: that the boundary is not among them is as sure as 128
        # random bits, drawn anew for each run.
        encoder = MultipartEncoder(
            [*fields, (file_field, (filename, _PLACE, content_type))], boundary=secrets.token_hex(16)
        )
        self.content_type: str = encoder.content_type
        self.prefix, self.suffix = encoder.to_string().rsplit(_PLACE, 1)

    def around(self, audio: Sequence[Part], audio_bytes: int) -> Body:
        """The body with `audio` (parts of `audio_bytes` bytes in all) in its place."""
        size = len(self.prefix) + audio_bytes + len(self.suffix)
        return Body((self.prefix, *audio, self.suffix), size, self.content_type)


class Bare:
    """No form at all: the audio is the body, as `content_type`."""

    def __init__(self, content_type: str = "audio/wav") -> None:
        self.content_type = content_type

    def around(self, audio: Sequence[Part], audio_bytes: int) -> Body:
        """The body: `audio`, parts of `audio_bytes` bytes in all."""
        return Body(tuple(audio), audio_bytes, self.content_type)


def openai_fields(
    model: str | None,
    response_format: str,
    language: str | None = None,
    prompt: str | None = None,
    temperature: float | None = None,
    stream: bool = False,
    extra: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """The text fields of OpenAI's form, without those that are None; `extra` ones come last.

    Contract: https://platform.openai.com/docs/api-reference/audio/createTranscription
    """
    own = (
        ("model", model),
        ("language", language),
        ("prompt", prompt),
        ("response_format", response_format),
        ("temperature", temperature),
        ("stream", "true" if stream else None),
    )
    return [(name, str(value)) for name, value in own if value is not None] + list(extra)


_PLACE = b"<the audio goes here>"
