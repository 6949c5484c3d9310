"""Sources by their record; and what is imported for each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.manifest import PackError
from stt_load.audio.sources import AudioSpec, pack_of, source_of, texts_of
from tests.audio.packs import written


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
from stt_load.audio.sources import AudioSpec, source_of, texts_of
spec = AudioSpec(sys.argv[1], 1, 16_000)
source_of(spec, 1).clip(0, 0) if sys.argv[1] == "noise" else texts_of(spec, 1)(0, 0)
print(*{"soundfile", "soxr", "numpy"} & sys.modules.keys())
"""


@pytest.mark.parametrize(("source", "expected"), [("noise", "numpy"), ("speech", "")])
def test_noise_needs_no_decoder_and_texts_need_no_samples(source: str, expected: str) -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED, source], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == expected
