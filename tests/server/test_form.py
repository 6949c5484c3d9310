"""Splitting forms: what real encoders write comes back, and no bytes do harm."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from requests_toolbelt import MultipartEncoder

from stt_load.server.form import MAX_PARTS, FormError, boundary_of, split

from .clips import multipart

B = b"b0undary"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n'
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
tricky = st.text(st.sampled_from("ab \"';=,*음"), min_size=1, max_size=8)
names = tricky | st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\%"), min_size=1, max_size=20
)
# Pieces that forms are made of, so that the fuzzer gets beyond the first delimiter.
shards = st.sampled_from(
    [
        b"\r\n",
        b"--",
        b"--" + B,
        B,
        b" ",
        FILE,
        b"\r\n\r\n",
        b"\r\n--" + B,
        b'Content-Disposition: form-data; name="',
        b'"',
    ]
)


@given(st.lists(shards | st.binary(max_size=20), max_size=30).map(b"".join))
def test_arbitrary_bytes_give_parts_or_a_form_error(body: bytes) -> None:
    try:
        parts = split(body, B)
    except FormError:
        return
    for part in parts:
        assert b"\r\n--" + B + b"\r\n" not in bytes(part.content)


@given(st.text() | st.text().map(lambda text: "multipart/form-data; boundary=" + text))
def test_arbitrary_content_types_give_a_boundary_or_a_form_error(content_type: str) -> None:
    try:
        boundary = boundary_of(content_type)
    except FormError:
        return
    assert 1 <= len(boundary) <= 70


@given(st.lists(st.tuples(names, texts), max_size=5), names, st.binary(max_size=2_000))
def test_what_requests_toolbelt_encodes(fields: list[tuple[str, str]], filename: str, audio: bytes) -> None:
    encoder = MultipartEncoder([*fields, ("file", (filename, audio, "audio/wav"))])
    parts = split(encoder.to_string(), boundary_of(encoder.content_type))
    assert [(part.name, part.filename) for part in parts] == [*((n, None) for n, _ in fields), ("file", filename)]
    assert [part.text() for part in parts[:-1]] == [value for _, value in fields]
    assert bytes(parts[-1].content) == audio


@given(st.lists(st.tuples(names, texts), max_size=5), st.binary(max_size=2_000))
def test_what_aiohttp_encodes(fields: list[tuple[str, str]], audio: bytes) -> None:
    form = aiohttp.FormData()
    for name, value in fields:
        form.add_field(name, value)
    form.add_field("file", audio, filename="a.wav", content_type="audio/wav")
    payload = form()
    body = asyncio.run(_written(payload))
    parts = split(body, boundary_of(payload.headers["Content-Type"]))
    assert [part.name for part in parts] == [*(name for name, _ in fields), "file"]
    assert [part.text() for part in parts[:-1]] == [value for _, value in fields]
    assert (parts[-1].filename, bytes(parts[-1].content)) == ("a.wav", audio)


async def _written(payload: aiohttp.Payload) -> bytes:
    return bytes(await payload.as_bytes())


@given(st.binary(max_size=200))
def test_any_content_without_the_delimiter_survives(content: bytes) -> None:
    assume(b"\r\n--" + B not in content)
    body, content_type = multipart(content, boundary=B.decode())
    (part,) = split(body, boundary_of(content_type))
    assert bytes(part.content) == content


@given(st.integers(0, 200))
def test_a_cut_form_is_refused(kept: int) -> None:
    body, _ = multipart(b"audio", model="m")
    assume(kept < len(body) - len(b"--\r\n"))
    with pytest.raises(FormError):
        split(body[:kept], B)


def test_content_is_a_view_into_the_body() -> None:
    body, _ = multipart()
    (part,) = split(body, B)
    assert part.content.obj is body


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('Multipart/Form-Data;charset=utf-8;BOUNDARY="a b:c"', b"a b:c"),
        ("multipart/form-data; boundary=----WebKitFormBoundaryx", b"----WebKitFormBoundaryx"),
    ],
)
def test_boundaries(content_type: str, boundary: bytes) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        f"multipart/form-data; boundary={'x' * 71}",
    ],
)
def test_no_boundary(content_type: str) -> None:
    with pytest.raises(FormError):
        boundary_of(content_type)


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('name="a%22b"', 'a"b'),
        (r'name="a\"b"', 'a"b'),
        (r'name="a\\b"', "a\\b"),
        (r'name="a\ b"', "a b"),
        (r'name="C:\dir"', r"C:\dir"),
        ("name=plain", "plain"),
        ('name="a;b=c"', "a;b=c"),
        ("name*=utf-8''%ec%9d%8c", "음"),
    ],
)
def test_the_ways_of_writing_a_name(parameter: str, name: str) -> None:
    body = f"--x\r\ncontent-disposition: FORM-DATA; {parameter}\r\n\r\nv\r\n--x--".encode()
    assert [part.name for part in split(body, b"x")] == [name]


def test_preamble_padding_and_epilogue_are_passed_over() -> None:
    body = b"before\r\n--b0undary \t\r\n" + FILE + b"\r\nv\r\n--b0undary--\r\nafter"
    assert [bytes(part.content) for part in split(body, B)] == [b"v"]


def test_a_longer_boundary_in_the_content_is_content() -> None:
    body = b"--b0undary\r\n" + FILE + b"\r\nv\r\n--b0undary2\r\nw\r\n--b0undary--"
    assert [bytes(part.content) for part in split(body, B)] == [b"v\r\n--b0undary2\r\nw"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b0undary",
        b"--b0undary\r\n--b0undary--",  # no header
        b"--b0undary\r\n\r\nv\r\n--b0undary--",  # an empty one
        b"--b0undary\r\n" + FILE + b"v\r\n--b0undary--",  # one without an end
        b"--b0undary\r\nContent-Type: text/plain\r\n\r\nv\r\n--b0undary--",
        b"--b0undary\r\nContent-Disposition: form-data\r\n\r\nv\r\n--b0undary--",
        b'--b0undary\r\nContent-Disposition: attachment; name="a"\r\n\r\nv\r\n--b0undary--',
        b'--b0undary\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nv\r\n--b0undary--',
        (b'--b0undary\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n' * (MAX_PARTS + 1)) + b"--b0undary--",
    ],
)
def test_malformed_forms(body: bytes) -> None:
    with pytest.raises(FormError):
        split(body, B)


def test_text_that_is_not_utf_8() -> None:
    body = b'--b0undary\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b0undary--'
    (part,) = split(body, B)
    with pytest.raises(FormError, match="'a'"):
        part.text()
