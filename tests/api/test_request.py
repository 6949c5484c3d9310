"""Bodies in parts, and paths as they go into a request line."""

from __future__ import annotations

import pytest

from stt_load.api.request import Body, encoded_path


def test_a_body_is_as_long_as_its_bytes_and_gives_its_parts() -> None:
    body = Body((b"RI", memoryview(b"FF...")), 7)
    assert len(body) == 7
    assert [bytes(part) for part in body] == [b"RI", b"FF..."]
    assert body.content_type is None


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/v1/audio?a=b&c=%20", "/v1/audio?a=b&c=%20"),
        ("/a b|[c]", "/a%20b%7C%5Bc%5D"),
        ("/50%", "/50%25"),
        ("/가#fragment", "/%EA%B0%80"),
    ],
)
def test_a_path_has_what_no_path_may_have_encoded_once(path: str, encoded: str) -> None:
    assert encoded_path(path) == encoded
    assert encoded_path(encoded) == encoded


def test_a_body_whose_size_is_not_said_counts_it() -> None:
    assert len(Body((b"RI", memoryview(b"FF..").cast("H")))) == 6
