"""Sources by their record; and what is imported for each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.manifest import PackError
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, pack_of, seconds_of, source_of, texts_of
from tests.audio.packs import written
from tests.audio.recordings import written as recordings


def test_what_a_clip_says_is_known_without_it() -> None:
    spec = AudioSpec("speech", 10, 16_000)
    source, texts = source_of(spec, 5), texts_of(spec, 5)
    for seq in range(50):
        assert source.clip(seq, 1).text == " ".join(texts(seq, 1))


@pytest.mark.parametrize("source", ["noise", "silence"])
def test_in_noise_and_silence_nobody_speaks(source: Any) -> None:
    spec = AudioSpec(source, 1, 16_000)
    assert texts_of(spec, 5)(3, 0) == ()
    made = source_of(spec, 5)
    made.load()
    assert (made.clip(3, 0).text, made.clip(3, 0).bytes) == ("", 32_044)


def test_a_pack_of_ones_own_is_what_is_said(tmp_path: Path) -> None:
    spec = AudioSpec("speech", 2.0, 16_000, pack=str(written(tmp_path, 16_000, 12_000, 14_000)))
    said = {source_of(spec, 5).clip(seq, 0).text for seq in range(9)}
    assert said
    assert all(text.startswith("Text number") for text in said)
    assert pack_of(spec) is pack_of(spec)


def test_a_pack_that_is_none_is_said_to_be_none() -> None:
    with pytest.raises(PackError):
        source_of(AudioSpec("speech", 2.0, 16_000, pack="none.jsonl"), 1)


LOADED = """
import sys
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, source_of, texts_of
spec = AudioSpec(sys.argv[1], 1, 16_000)
source_of(spec, 1).clip(0, 0) if sys.argv[1] == "noise" else texts_of(spec, 1)(0, 0)
print(*{"soundfile", "soxr", "numpy"} & sys.modules.keys())
"""


@pytest.mark.parametrize(("source", "expected"), [("noise", "numpy"), ("speech", "")])
def test_noise_needs_no_decoder_and_texts_need_no_samples(source: str, expected: str) -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED, source], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == expected


def test_clips_are_varied_as_the_spec_says() -> None:
    """The same seed says the same; what is done to it is a copy's."""
    plain, *others = (
        source_of(AudioSpec("speech", 2.0, 16_000, vary=vary), 5) for vary in (None, "none", "shift", {"snr_db": 10})
    )
    clips = [b"".join(one.clip(3, 0).parts) for one in (plain, *others)]
    assert clips[0] == clips[1]
    assert len(set(clips)) == 3
    assert {one.clip(3, 0).text for one in (plain, *others)} == {plain.clip(3, 0).text}
    assert [one.takes_time for one in (plain, *others)] == [False, False, True, True]


def test_a_way_to_vary_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="shift, none"):
        source_of(AudioSpec("speech", 2.0, 16_000, vary="louder"), 5)


@pytest.mark.parametrize("vary", [None, "shift", {"snr_db": 10}])
def test_a_repetition_says_what_the_first_attempt_does(vary: Any) -> None:
    spec = AudioSpec("speech", 2.0, 16_000, vary=vary)
    source, texts = source_of(spec, 5), texts_of(spec, 5)
    for seq in range(5):
        said = {texts(seq, attempt) for attempt in (0, REPEAT, 2**16 - 1)}
        assert said == {texts(seq, 0)} != {texts(seq, 1)}
        assert {source.clip(seq, attempt).text for attempt in (0, REPEAT, REPEAT + 2)} == {" ".join(texts(seq, 0))}
        assert len({b"".join(source.clip(seq, attempt).parts) for attempt in (0, REPEAT, REPEAT + 2)}) == 3


def test_a_file_of_lengths_that_has_changed_is_read_again(tmp_path: Path) -> None:
    """A web page starts runs for days."""
    folder, lengths = recordings(tmp_path / "in", 16_000), tmp_path / "lengths.csv"
    spec = AudioSpec("files", {"empirical": str(lengths)}, 16_000, files=str(folder))
    for seconds in (4.0, 5.25):
        lengths.write_text(f"{seconds}\n", encoding="utf-8")
        assert seconds_of(spec, 1)(0) == seconds
        assert source_of(spec, 1).clip(0, 0).duration_s == seconds
