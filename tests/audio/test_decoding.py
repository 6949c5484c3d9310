"""Any recording in any order is the same samples; at other rates it has the length that plans count on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from stt_load.audio.decoding import Decoder
from stt_load.audio.manifest import PackError
from stt_load.audio.pack import SHIPPED, from_manifest, shipped
from tests.audio.packs import samples, written


def test_after_a_leap_each_recording_is_what_it_is_when_all_is_decoded_from_the_beginning() -> None:
    whole, _ = soundfile.read(SHIPPED.with_name("speech.ogg"), dtype="int16")
    ends = np.cumsum(shipped().lengths(16_000))
    decoder = Decoder(shipped(), 16_000)
    for number in np.random.default_rng(5).permutation(len(ends)):
        found = decoder.samples(int(number))
        assert np.array_equal(found, whole[ends[number] - len(found) : ends[number]]), number


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 24_000, 44_100, 48_000])
def test_at_other_rates_lengths_are_those_of_the_pack_and_the_sound_stays(rate_hz: int) -> None:
    plain, decoder, lengths = Decoder(shipped(), 16_000), Decoder(shipped(), rate_hz), shipped().lengths(rate_hz)
    for number in (0, 100, 700):
        found, known = decoder.samples(number), plain.samples(number)
        assert len(found) == lengths[number]
        power = float(np.mean(found.astype(float) ** 2) / np.mean(known.astype(float) ** 2))
        assert 0.8 < power < 1.05  # at 8 kHz what is above 4 kHz is gone


def test_recordings_of_ones_own_are_taken_as_they_are(tmp_path: Path) -> None:
    pack = from_manifest(written(tmp_path, 8_000, 12_000))
    decoder = Decoder(pack, 16_000)
    for number, frames in ((1, 12_000), (0, 8_000)):
        assert np.array_equal(decoder.samples(number), samples(number, frames))


def test_a_recording_of_another_rate_fits(tmp_path: Path) -> None:
    pack = from_manifest(written(tmp_path, 8_001, rate_hz=11_025))
    assert [len(Decoder(pack, rate_hz).samples(0)) for rate_hz in (11_025, 16_000, 8_000)] == [
        8_001,
        *(pack.lengths(rate_hz)[0] for rate_hz in (16_000, 8_000)),
    ]


def test_a_recording_that_has_gone_is_named(tmp_path: Path) -> None:
    pack = from_manifest(written(tmp_path, 8_000))
    (tmp_path / "0.wav").unlink()
    with pytest.raises(PackError, match=r"line 1: .*0\.wav"):
        Decoder(pack, 16_000).samples(0)
