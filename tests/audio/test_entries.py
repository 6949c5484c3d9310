"""Lines of a manifest, with our own keys or NeMo's; what each fault is called is tried in the tests of who reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stt_load.audio.entries import SHOWN, Entry, RecordingsError, entry, lines, part_of, says_something, shown, spread

FOLDER = Path("in")


def said(**fields: object) -> Entry:
    return entry(3, json.dumps({"audio": "a.wav", **fields}), FOLDER)


def test_both_kinds_of_keys_say_the_same() -> None:
    nemo = {"audio_filepath": "a.wav", "text": " one  two ", "duration": 3, "offset": 1.5}
    one = entry(3, json.dumps(nemo), FOLDER)
    assert one == said(text="one two", duration=3, offset=1.5)
    assert (one.file, one.at, one.duration_s, one.offset_s) == (FOLDER / "a.wav", "line 3: ", 3.0, 1.5)


def test_what_is_null_is_not_there() -> None:
    keys = ("text", "speaker", "language", "duration", "offset", "words")
    assert said(**dict.fromkeys(keys)) == Entry(3, "a.wav", FOLDER / "a.wav")


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({}, (0, 16_000)),
        ({"duration": 1.04}, (0, 16_000)),
        ({"offset": 0}, (0, 16_000)),
        ({"offset": 0.25}, (4_000, 12_000)),
        ({"offset": 0.25, "duration": 0.5}, (4_000, 8_000)),
        ({"offset": 0, "duration": 0.5}, (0, 8_000)),
        ({"offset": 0.25, "duration": 0.79}, (4_000, 12_000)),
    ],
)
def test_a_part_of_a_file(fields: dict[str, object], part: tuple[int, int]) -> None:
    assert part_of(said(**fields), 16_000, 16_000) == part


@pytest.mark.parametrize(
    "fields", [{"duration": 0.9}, {"duration": 1.1}, {"offset": 1}, {"offset": 0.5, "duration": 1}]
)
def test_what_the_file_has_not(fields: dict[str, object]) -> None:
    with pytest.raises(RecordingsError, match=r"a\.wav"):
        part_of(said(**fields), 16_000, 16_000)


def test_long_recordings_may_be_off_by_a_share() -> None:
    assert part_of(said(duration=610), 600 * 16_000, 16_000) == (0, 600 * 16_000)
    with pytest.raises(RecordingsError):
        part_of(said(duration=613), 600 * 16_000, 16_000)


def test_lines_keep_their_numbers_and_what_is_in_their_texts(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_bytes('\ufeff{"text": "a\u2028b"}\r\n\r\n{}'.encode())
    assert lines(path) == [(1, '{"text": "a\u2028b"}'), (3, "{}")]


@pytest.mark.parametrize(("text", "is_said"), [("", False), (" ... ", False), ("둘", True), ("-3", True)])
def test_whether_something_is_said(text: str, is_said: bool) -> None:
    assert says_something(text) == is_said


def test_words_whose_instants_nobody_knows_are_spread_by_their_letters() -> None:
    assert spread("a bcd", 2.0) == ((0.0, 0.5), (0.5, 2.0))


def test_of_many_faults_the_first_are_shown() -> None:
    assert list(shown(["a", "b"])) == ["a", "b"]
    many = [str(one) for one in range(SHOWN + 2)]
    assert list(shown(many)) == [*many[:SHOWN], "and 2 faults more"]
