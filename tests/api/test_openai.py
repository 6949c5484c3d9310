"""The form of the OpenAI API."""

from __future__ import annotations

from stt_load.api.openai import fields


def test_what_is_none_is_left_out_and_extras_come_last() -> None:
    assert fields("m", "json") == [("model", "m"), ("response_format", "json")]
    assert fields(None, "srt", "ko", "a hint", 0.0, stream=True, extra=[("k", "1"), ("k", "2")]) == [
        ("language", "ko"),
        ("prompt", "a hint"),
        ("response_format", "srt"),
        ("temperature", "0.0"),
        ("stream", "true"),
        ("k", "1"),
        ("k", "2"),
    ]
