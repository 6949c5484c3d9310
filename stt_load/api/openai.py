"""The OpenAI transcription API: the form's fields.

Contract: https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

from collections.abc import Sequence


def fields(
    model: str | None,
    response_format: str,
    language: str | None = None,
    prompt: str | None = None,
    temperature: float | None = None,
    stream: bool = False,
    extra: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """The text fields of the form, without those that are None; `extra` ones come last."""
    own = (
        ("model", model),
        ("language", language),
        ("prompt", prompt),
        ("response_format", response_format),
        ("temperature", temperature),
        ("stream", "true" if stream else None),
    )
    return [(name, str(value)) for name, value in own if value is not None] + list(extra)
