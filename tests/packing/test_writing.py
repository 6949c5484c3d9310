"""What is written can be read: the manifest by whoever reads users', the joined pack by whoever reads ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio.manifest import decoded, read
from stt_load.audio.pack import stored
from stt_load.packing.recording import PackingError
from stt_load.packing.writing import write_files, write_joined
from tests.packing.speaking import spoken

RECORDINGS = [
    spoken("anna", "Good day.", 0.8),
    spoken("bob", "Who was that?", 1.1),
    spoken("anna", "좋은 아침.", 0.6),
]


def test_files_and_their_manifest(tmp_path: Path) -> None:
    path = write_files(RECORDINGS, tmp_path / "pack", "en")
    manifest = read(path)
    assert (manifest.language, manifest.voices) == ("en", ("anna", "bob"))
    told = [(one.text, manifest.voices[one.voice], one.words) for one in manifest.utterances]
    assert told == [(one.text, one.voice, one.words) for one in (RECORDINGS[0], RECORDINGS[2], RECORDINGS[1])]
    assert np.allclose(decoded(manifest.utterances[0]), RECORDINGS[0].samples, atol=1e-4)


def test_what_nobody_knows_is_left_out_of_the_manifest(tmp_path: Path) -> None:
    path = write_files([replace(RECORDINGS[0], words=None)], tmp_path, None)
    assert json.loads(path.read_text(encoding="utf-8")).keys() == {"audio", "text", "speaker"}


def test_all_recordings_in_one_file(tmp_path: Path) -> None:
    pack = stored(write_joined(RECORDINGS, tmp_path, "en", "mine-1"))
    assert (pack.name, pack.language, pack.rate_hz, pack.voices) == ("mine-1", "en", 8_000, ("anna", "bob"))
    assert [(one.voice, one.text, one.frames) for one in pack.recordings] == [
        (0, "Good day.", 6_400),
        (0, "좋은 아침.", 4_800),
        (1, "Who was that?", 8_800),
    ]
    samples, rate_hz = soundfile.read(tmp_path / "speech.ogg", dtype="float32")
    assert (samples.size, rate_hz) == (20_000, 8_000)
    assert np.corrcoef(samples[:6_400], RECORDINGS[0].samples)[0, 1] > 0.9


@pytest.mark.slow
def test_half_an_hour_is_written_whole(tmp_path: Path) -> None:
    long = spoken("anna", "Good day.", 1_800.0)
    assert stored(write_joined([long], tmp_path, "en", "mine-1")).recordings[0].frames == 1_800 * 8_000


def test_a_joined_pack_has_one_rate(tmp_path: Path) -> None:
    with pytest.raises(PackingError, match=r"one sample rate, not \[8000, 16000\]"):
        write_joined([RECORDINGS[0], spoken("bob", "Two.", 1.0, 16_000)], tmp_path, "en", "mine-1")


def test_a_joined_pack_knows_all_instants(tmp_path: Path) -> None:
    with pytest.raises(PackingError, match=r"voice bob doesn't: Who was that\?"):
        write_joined([RECORDINGS[0], replace(RECORDINGS[1], words=None)], tmp_path, "en", "mine-1")
