"""A secret that comes back in another spelling is put out, too."""

from __future__ import annotations

import html
import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stt_load.api.redaction import MASK, UNDONE_CHARACTERS, Redactor


def everything_in_percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def json_in_numbers(text: str) -> str:
    written = text.encode("utf-16-be").hex()
    return "".join(f"\\u{written[place : place + 4]}" for place in range(0, len(written), 4))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent but for slashes": quote,
    "percent in small letters": everything_in_percent,
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus,
    "json": in_json,
    "json of unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json with slashes": lambda text: in_json(text).replace("/", "\\/"),
    "json in numbers": json_in_numbers,
    "json in json": lambda text: in_json(in_json(text)),
    "html": html.escape,
    "html with slashes": lambda text: html.escape(text).replace("/", "&#x2F;").replace("=", "&#61;"),
    "html in numbers": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "html in json": lambda text: in_json(html.escape(text)).replace("&", "\\u0026"),
    "json in html": lambda text: html.escape(in_json(text)),
    "percent in json": lambda text: in_json(quote_plus(text)),
    "json in percent": lambda text: quote(in_json(text), safe=""),
    "latin-1": lambda text: text.encode().decode("latin-1"),
}
NO_ESCAPES = st.characters(exclude_characters="%\\&;#", exclude_categories=["Cs"])
SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=20)
WORDS = st.sampled_from(["", "you said ", '{"error": "', "<b>", "x=", "열쇠 "])


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@given(secret=SECRETS, before=WORDS, behind=st.sampled_from(["", " to us", '"}', "</b>", "."]))
def test_any_secret_in_any_spelling_is_put_out(
    spelling: Callable[[str], str], secret: str, before: str, behind: str
) -> None:
    # Else it may stand in what is around it, or begin or end there.
    ends = (secret[0] + secret[-1]).translate(str.maketrans("+-_", "  /"))
    assume(not set(ends) & {*before, *behind, " "})
    said = f"{before}{spelling(secret)}{behind}"
    hider = Redactor([secret])
    hidden = hider.text(said)
    assert MASK in hidden
    assert hidden.replace(MASK, "", 1) in (f"{before}{behind}", said.replace(spelling(secret), MASK))
    body = hider.data(said.encode())
    assert spelling(secret).encode() not in body
    assert MASK.encode() in body


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@given(secret=st.text(NO_ESCAPES, min_size=6, max_size=30), user=st.text(NO_ESCAPES, max_size=5))
def test_nothing_of_a_secret_is_left_in_base64(encode: Callable[[bytes], bytes], secret: str, user: str) -> None:
    """As the password behind any user, or alone."""
    hider = Redactor([secret])
    for said in (secret, f"{user}:{secret}", f"{secret}:", f"{user}:{secret}@host"):
        written = encode(said.encode()).decode()
        for spelt in (written, quote(written, safe=""), written.rstrip("="), written.replace("/", "\\/")):
            hidden = hider.text(f"you said <{spelt}>")
            assert MASK in hidden
            assert len(hidden.replace(MASK, "")) <= len("you said <>") + 3 * (len(said) - len(secret)) * 4 + 8


def test_a_key_of_base64_in_a_message() -> None:
    hider = Redactor(["SECRETa/b+c=="])
    for said in ("SECRETa%2fb%2Bc%3d%3D", "SECRETa\\/b\\u002bc==", "SECRETa&#x2F;b&#43;c==", "SECRETa/b c=="):
        assert hider.text(f"<{said}> is wrong") == "<***> is wrong"


def test_two_that_overlap_are_one() -> None:
    assert Redactor(["abcdef", "defghi"]).text("x abcdefghi y") == "x *** y"


def test_what_has_no_secret_stays_the_object_that_it_was() -> None:
    text, body = "a % b \\ c & d %41 &amp; \\n", b"\xff\x00%41\\n"
    hider = Redactor(["hunter2"])
    assert hider.text(text) is text
    assert hider.data(body) is body
    assert Redactor([]).text(text) is text
    assert Redactor(["abc"]).text("abc") == "abc", "stands in ordinary words, too"


def test_far_behind_in_a_long_text_a_secret_is_still_found_as_servers_write_it() -> None:
    secret, before = "SECRETa/b+c==", "x" * (UNDONE_CHARACTERS + 1)
    for spelling in ("as it is", "percent", "json with slashes"):
        assert Redactor([secret]).text(before + SPELLINGS[spelling](secret)) == f"{before}***"


@pytest.mark.parametrize("flood", ["%2525", "\\\\", "&amp;", "%5c&amp;", "a", "SECRETa/b", "%"])
def test_a_flood_of_escapes_does_not_stop_all_users(flood: str) -> None:
    """16 MB of it: what is undone is bounded, and so is the time of this process."""
    hider = Redactor(["SECRETa/b+c==", "SECRETa/b+d=="])
    began = time.process_time()
    hider.text(flood * (16 * 2**20 // len(flood)))
    assert time.process_time() - began < 5
