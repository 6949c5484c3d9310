"""What is out of sight in a text is escaped in JSON and replaced on a terminal; all else stays as it is."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.escaping import encode, escaped, harmless

OUT_OF_SIGHT = [
    *map(chr, range(0x7F, 0xA0)),
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029",
]


@pytest.mark.parametrize("character", OUT_OF_SIGHT, ids=lambda one: f"U+{ord(one):04X}")
def test_each_is_escaped_and_means_the_same(character: str) -> None:
    written = encode({f"k{character}": f"안녕 {character}é"})
    assert character not in written
    assert f"\\u{ord(character):04x}" in written
    assert "안녕" in written
    assert json.loads(written) == {f"k{character}": f"안녕 {character}é"}
    assert harmless(f"a{character}b") == "a\ufffdb"


def test_every_character_that_steers_is_among_them() -> None:
    """As the Unicode database has it: C1, and what has a bidirectional class that only controls have."""
    steering = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for one in map(chr, range(0x110000)):
        if unicodedata.bidirectional(one) in steering or (unicodedata.category(one) == "Cc" and ord(one) >= 0x7F):
            assert one in OUT_OF_SIGHT


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    indented = escaped(json.dumps({"text": text}, indent=2, ensure_ascii=False))
    assert json.loads(encode(text)) == text
    assert json.loads(indented) == {"text": text}
    assert not set(OUT_OF_SIGHT) & set(indented)


@given(st.text())
def test_no_line_steers_a_terminal(text: str) -> None:
    line = harmless(text)
    assert not any(one in OUT_OF_SIGHT or ord(one) < 32 for one in line)
    assert len(line) == len(text)


def test_a_line_for_people_stays_as_it_is() -> None:
    line = "📂 결과: é ‘quoted’ 100 × 0.5\u200d"
    assert harmless(line) == line
