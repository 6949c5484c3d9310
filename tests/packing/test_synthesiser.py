"""A program of the user's speaks; what comes of it is a recording, or a reason why not."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from stt_load.packing import synthesiser
from stt_load.packing.cutting import KEPT_S
from stt_load.packing.recording import PackingError
from stt_load.packing.synthesiser import Synthesiser
from tests.packing.speaking import RATE_HZ, command


def test_a_text_becomes_a_recording_that_begins_and_ends_with_it(tmp_path: Path) -> None:
    made = Synthesiser("anna", command(tmp_path)).speak("Three words here.")
    assert (made.voice, made.text, made.rate_hz, made.words) == ("anna", "Three words here.", RATE_HZ, None)
    assert made.duration_s == pytest.approx(0.3 + 2 * KEPT_S, abs=0.011)


def test_words_have_instants_where_the_program_prints_phones(tmp_path: Path) -> None:
    made = Synthesiser("anna", command(tmp_path, "phones")).speak("Two words.")
    # Both words are "a" alone, and the second one "b" in the sentence.
    assert made.words is not None
    assert [at for span in made.words for at in span] == pytest.approx(
        [KEPT_S, KEPT_S + 0.1, KEPT_S + 0.1, KEPT_S + 0.2], abs=0.011
    )


def test_a_text_is_one_argument_whatever_is_in_it(tmp_path: Path) -> None:
    text = "a 'quoted' $HOME `x` {wav} \\ ; rm"
    assert Synthesiser("anna", command(tmp_path)).speak(text).text == text


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("say {text}", "voice a: the command has no {wav}"),
        ("say -o {wav}", "voice a: the command has no {text}"),
        ("say '{text} {wav}", "voice a: No closing quotation"),
    ],
)
def test_a_command_that_cant_be_one_is_refused_at_once(line: str, why: str) -> None:
    with pytest.raises(PackingError, match=why):
        Synthesiser("a", line)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("fail here", r"failed: cannot say fail here \(fail here\)"),
        ("nothing", "voice a wrote no audio for: nothing"),
        ("silent", "voice a says nothing: silent"),
    ],
)
def test_a_text_that_does_not_become_speech_is_named(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(PackingError, match=why):
        Synthesiser("a", command(tmp_path)).speak(text)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(PackingError, match="voice a: there is no program stt-load-none"):
        Synthesiser("a", "stt-load-none {text} {wav}").speak("One.")


def test_a_program_that_waits_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesiser, "LONGEST_S", 0.2)
    with pytest.raises(PackingError, match=r"voice a: tail took more than 0.2 s for: one"):
        Synthesiser("a", "tail -f /dev/null --retry {text}{wav}").speak("one")


@pytest.mark.skipif(not shutil.which("flite"), reason="flite is not installed")
def test_flite_says_when_each_word_is_spoken() -> None:
    made = Synthesiser("slt", "flite -voice slt -psdur -t {text} -o {wav}").speak("The kitten explored a basket.")
    assert made.rate_hz == 16_000
    assert made.words is not None
    assert len(made.words) == 5
    assert all(before[1] <= after[0] for before, after in pairwise(made.words))
    assert 0 <= made.words[0][0] < 0.1
    assert made.duration_s - 0.15 < made.words[-1][1] <= made.duration_s
