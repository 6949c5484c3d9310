"""Content codings undone piece by piece."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.client.coding import Decoder


def raw_deflate(plain: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush()


def in_members(plain: bytes) -> bytes:
    half = len(plain) // 2
    return gzip.compress(plain[:half]) + gzip.compress(b"") + gzip.compress(plain[half:])


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "GZIP": gzip.compress,
    "x-gzip": gzip.compress,
    "X-GZip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "identity": bytes,
    "Identity": bytes,
    "": bytes,
    " , ": bytes,
    "gzip, identity": gzip.compress,
    "identity,\tgzip ": gzip.compress,
    "gzip, Gzip": lambda plain: gzip.compress(gzip.compress(plain)),
    "deflate, gzip": lambda plain: gzip.compress(zlib.compress(plain)),
    "GZip, deflate": lambda plain: raw_deflate(in_members(plain)),
    ",gzip": in_members,
}


def decoded(body: bytes, coding: str | None, limit: int, size: int = 7) -> bytes:
    decoder = Decoder(coding, limit)
    plain = b"".join(part for start in range(0, len(body), size) for part in decoder.feed(body[start : start + size]))
    decoder.finish()
    return plain


@given(st.binary(max_size=300), st.sampled_from(sorted(PACK)), st.integers(1, 40))
def test_what_was_packed_comes_out_whatever_the_pieces(plain: bytes, coding: str, size: int) -> None:
    assert decoded(PACK[coding](plain), coding, 1_000, size) == plain


def test_without_a_coding_it_is_what_it_is() -> None:
    assert decoded(b"plain", None, 100) == b"plain"


def test_the_limit_itself_may_come_out() -> None:
    assert decoded(in_members(b"x" * 100), "gzip", 100) == b"x" * 100


@pytest.mark.parametrize("size", [1, 7, 1_000])
@pytest.mark.parametrize("junk", [b"\0", b"\0" * 600, b"junk", b"\x1f", b"\x1fjunk", b"\n", b"\x8b\x1f" * 9])
@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", in_members), ("deflate", zlib.compress), ("deflate", raw_deflate)]
)
def test_what_stands_behind_the_end_is_passed_over(
    coding: str, pack: Callable[[bytes], bytes], junk: bytes, size: int
) -> None:
    assert decoded(pack(b"hello hello") + junk, coding, 100, size) == b"hello hello"


BOMB = b"x" * 10**6


@pytest.mark.parametrize(
    ("body", "coding", "message"),
    [
        (gzip.compress(b"x" * 1_000), "gzip", "beyond the limit"),
        (zlib.compress(BOMB), "deflate", "beyond the limit"),
        (raw_deflate(BOMB), "deflate", "beyond the limit"),
        (gzip.compress(b"x" * 60) * 2, "gzip", "beyond the limit"),
        (gzip.compress(gzip.compress(BOMB)), "gzip, gzip", "beyond the limit"),
        (gzip.compress(b"hello hello")[:-9], "gzip", "broken gzip"),
        (gzip.compress(b"hello hello")[:-1], "gzip", "broken gzip data: it ends before its end"),
        (gzip.compress(b"hello") + gzip.compress(b"hello")[:-9], "gzip", "broken gzip data: it ends before its end"),
        (gzip.compress(b"hello") + b"\x1f\x8bjunk", "gzip", "broken gzip"),
        (gzip.compress(gzip.compress(b"hello")[:-9]), "gzip, gzip", "broken gzip data: it ends before its end"),
        (raw_deflate(b"hello hello")[:-1], "deflate", "broken deflate data: it ends before its end"),
        (b"junk", "gzip", "broken gzip"),
        (b"\x78junk", "deflate", "broken deflate"),
        (b"\xffjunk", "deflate", "broken deflate"),
        (b"plain", "br", "'br' was not asked for"),
        (b"plain", "zstd, gzip", "'zstd, gzip' was not asked for"),
        (b"plain", "gzip;q=1", "'gzip;q=1' was not asked for"),
        (b"plain", "gzip gzip", "'gzip gzip' was not asked for"),
        (b"plain", "x" * 9_000, r"'x{60}' was not asked for"),
        (b"plain", "gzip," * 6, "more than 5"),
    ],
    ids=[
        "gzip bomb",
        "deflate bomb",
        "raw deflate bomb",
        "too much in two members",
        "gzip bomb in gzip",
        "cut gzip",
        "cut end of gzip",
        "cut second member",
        "broken second member",
        "cut gzip in gzip",
        "cut deflate",
        "no gzip",
        "no zlib",
        "no deflate",
        "another",
        "another beside gzip",
        "a parameter",
        "no list",
        "an endless name",
        "too many",
    ],  # gzip has the time in it
)
def test_what_is_not_undone(body: bytes, coding: str, message: str) -> None:
    for size in (1, 7, len(body)):
        with pytest.raises(ValueError, match=message):
            decoded(body, coding, 100, size)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, deflate"])
def test_an_answer_without_a_body_is_not_broken(coding: str) -> None:
    assert decoded(b"", coding, 100) == b""


@given(st.binary(max_size=60), st.sampled_from(sorted(PACK)), st.integers(1, 9))
def test_any_bytes_come_to_some_or_are_refused_however_they_are_cut(body: bytes, coding: str, size: int) -> None:
    def of(size: int) -> bytes | None:
        try:
            return decoded(body, coding, 1_000, size)
        except ValueError:
            return None

    assert of(size) == of(100)


def test_empty_members_without_an_end_cost_little_more_than_their_bytes() -> None:
    body = gzip.compress(b"") * (1_000_000 // 20)
    began = time.process_time()
    assert decoded(body, "gzip", 100, 65_536) == b""
    assert time.process_time() - began < 2  # 0.1 s where this was written


def test_empty_members_inside_of_another_coding_do_so_too_and_come_in_small_pieces() -> None:
    """16 MB of them are 16 kB on the wire: in one piece they took the square of that, which is minutes."""
    decoder = Decoder("gzip, gzip", 16_000_000)
    began = time.process_time()
    pieces = [len(part) for part in decoder.feed(gzip.compress(gzip.compress(b"") * 100_000))]
    assert time.process_time() - began < 4  # 0.2 s where this was written
    assert len(pieces) > 100
    assert not any(pieces)
