"""Any part of a recording, block by block, is what it is in the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio.blocks import BLOCK, blocks
from stt_load.audio.soundfiles import SoundFileError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    values = np.random.default_rng(1).integers(-9_000, 9_000, (2 * BLOCK + 7, 2), dtype="i2")
    soundfile.write(tmp_path / "a.wav", values, 16_000, subtype="PCM_16")
    return tmp_path / "a.wav"


def test_all_of_it_mixed_down(file: Path) -> None:
    made = list(blocks(file))
    assert [len(one) for one in made] == [BLOCK, BLOCK, 7]
    assert np.array_equal(np.concatenate(made), soundfile.read(file, dtype="float32")[0].mean(axis=1))


@pytest.mark.parametrize(("offset", "frames"), [(0, 5), (9_000, BLOCK + 1), (BLOCK, BLOCK), (2 * BLOCK, 100), (3, 0)])
def test_a_part_or_what_there_is_of_it(offset: int, frames: int, file: Path) -> None:
    whole = np.concatenate(list(blocks(file)))
    part = np.concatenate([*blocks(file, offset, frames), np.empty(0, np.float32)])
    assert np.array_equal(part, whole[offset : offset + frames])


def test_what_is_no_audio(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no audio")
    with pytest.raises((OSError, SoundFileError)):
        list(blocks(tmp_path / "a.wav"))
