"""URLs and values as they may be shown."""

from __future__ import annotations

import pytest

from stt_load.config.masking import SHOWN_CHARACTERS, mask_url, shown


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("http://h/v1?model=x", "http://h/v1?model=x"),
        ("http://me:hunter2@h/v1", "http://***@h/v1"),
        ("me:hunter2@h", "***@h"),
        ("/v1?api_key=hunter2&model=x", "/v1?api_key=***&model=x"),
    ],
)
def test_a_url_without_its_secrets(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@pytest.mark.parametrize(
    ("path", "written", "text"),
    [
        (("seed",), "x", "x"),
        (("api", "base_url"), "http://me:a/b@h", "http://***@h"),
        (("api", "api_key_env"), "MY_KEY", "MY_KEY"),
        (("api", "api_key_env"), "sk-0123456789", "sk-..."),
        (("api", "extra_fields", "password"), "hunter2", "***"),
        (("api", "model"), "a\nb", "'a\\nb'"),
    ],
)
def test_a_value_in_a_message_is_one_short_line_without_a_secret(
    path: tuple[str, ...], written: str, text: str
) -> None:
    assert shown(path, written) == text


def test_a_long_value_is_cut() -> None:
    assert shown(("api", "prompt"), "word " * 100) == ("word " * 100)[:SHOWN_CHARACTERS] + "..."
