"""Content codings undone piece by piece."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.wire.coding import Decoder

PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes, "": bytes}


def decoded(body: bytes, coding: str | None, limit: int, size: int = 7) -> bytes:
    decoder = Decoder(coding, limit)
    plain = b"".join(decoder.feed(body[start : start + size]) for start in range(0, len(body), size))
    decoder.finish()
    return plain


@given(st.binary(max_size=300), st.sampled_from(sorted(PACK)), st.integers(1, 40))
def test_what_was_packed_comes_out_whatever_the_pieces(plain: bytes, coding: str, size: int) -> None:
    assert decoded(PACK[coding](plain), coding, len(plain), size) == plain


def test_without_a_coding_it_is_what_it_is() -> None:
    assert decoded(b"plain", None, 100) == b"plain"


@pytest.mark.parametrize(
    ("body", "coding", "message"),
    [
        (gzip.compress(b"x" * 1_000), "gzip", "beyond the limit"),
        (zlib.compress(b"x" * 10**6), "deflate", "beyond the limit"),
        (gzip.compress(b"hello hello")[:-9], "gzip", "broken gzip"),
        (b"junk", "gzip", "broken gzip"),
        (b"plain", "br", "'br' was not asked for"),
    ],
    ids=["gzip bomb", "deflate bomb", "cut gzip", "no gzip", "another"],  # gzip has the time in it
)
def test_what_is_not_undone(body: bytes, coding: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decoded(body, coding, 100)


def test_an_answer_without_a_body_is_not_broken() -> None:
    assert decoded(b"", "gzip", 100) == b""
