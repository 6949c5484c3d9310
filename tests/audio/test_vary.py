"""Varied clips: as long as before, near to what they were, and each unlike all others."""

from __future__ import annotations

import io
import subprocess
import sys
import wave
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stt_load.audio.clip import Clip, Sentence, Word, wav_header
from stt_load.audio.flac import encoded
from stt_load.audio.names import HEADER_BYTES, REPEAT
from stt_load.audio.soundfiles import opened
from stt_load.audio.sources import AudioSpec, source_of
from stt_load.audio.vary import VariedSource, Vary, vary_of

SHIFT, NOISY, NONE = Vary(shifts=True), Vary(snr_db=10.0), Vary()
SEEDS = st.integers(0, 2**64 - 1)
JOBS = st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 2**16 - 1))


class Said:
    """Two words, at the beginning and at the end of a second."""

    def text(self) -> str:
        return "one two"

    def sentences(self) -> tuple[Sentence, ...]:
        return ((Word("one", 0.0, 0.4), Word("two", 0.6, 1.0)),)

    def speech_s(self) -> tuple[float, float]:
        return 0.0, 1.0


class Same:
    """A recording that is the same for every request, in parts as a source has them."""

    takes_time = False

    def __init__(self, samples: np.ndarray, rate_hz: int = 16_000) -> None:
        self.samples, self._rate_hz = samples.astype("<i2"), rate_hz
        self.asked = list[tuple[int, int]]()
        self.is_ready = False

    def clip(self, seq: int, attempt: int) -> Clip:
        self.asked.append((seq, attempt))
        frames, content = self.samples.size, memoryview(self.samples.tobytes())
        parts = [wav_header(frames, self._rate_hz) + bytes(content[:16]), content[16:400], content[400:]]
        return Clip(parts, HEADER_BYTES + len(content), frames / self._rate_hz, self._rate_hz, Said())

    def load(self) -> None:
        self.is_ready = True


def speech(seconds: float = 1.0, rate_hz: int = 16_000, rms: float = 2_000) -> np.ndarray:
    """A tone that grows and dies away in each half of a second, over a hiss."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    hiss = np.random.default_rng(3).normal(0, 20, at.size)
    return np.rint(rms * 2 * np.sin(2 * np.pi * 2 * at) ** 2 * np.sin(2 * np.pi * 300 * at) + hiss)


def whole(clip: Clip) -> bytes:
    return b"".join(bytes(part) for part in clip.parts)


def samples_of(clip: Clip) -> np.ndarray:
    return np.frombuffer(whole(clip)[HEADER_BYTES:], "<i2").astype(int)


@pytest.mark.parametrize(
    ("plain", "source", "vary"),
    [
        (None, "files", SHIFT),
        (None, "speech", NONE),
        (None, "noise", NONE),
        ("shift", "speech", SHIFT),
        ("none", "files", NONE),
        ({"snr_db": 10}, "speech", NOISY),
        ({"snr_db": -3.5}, "files", Vary(snr_db=-3.5)),
    ],
)
def test_a_plain_value_says_what_is_done(plain: object, source: str, vary: Vary) -> None:
    assert vary_of(plain, source) == vary
    assert vary.is_none == (vary is NONE)


@pytest.mark.parametrize(
    "plain",
    [
        "shifts",
        3,
        True,
        {},
        {"snr_db": "10"},
        {"snr_db": True},
        {"snr_db": float("nan")},
        {"snr_db": 101},
        {"snr": 1},
    ],
)
def test_any_other_value_is_refused(plain: object) -> None:
    with pytest.raises(ValueError, match="shift, none, or snr_db with a number of decibels up to 100, not"):
        vary_of(plain, "files")


@settings(max_examples=50)
@given(
    frames=st.integers(8, 70_000),
    rate_hz=st.sampled_from([1_000, 8_000, 11_025, 16_000, 48_000]),
    vary=st.sampled_from([SHIFT, NOISY, Vary(snr_db=-20)]),
    job=JOBS,
)
def test_a_varied_clip_is_a_wav_of_as_many_samples(
    frames: int, rate_hz: int, vary: Vary, job: tuple[int, int]
) -> None:
    clip = VariedSource(Same(speech(frames / rate_hz, rate_hz), rate_hz), vary, 5).clip(*job)
    content = whole(clip)
    assert len(content) == clip.bytes == HEADER_BYTES + 2 * frames
    assert (clip.duration_s, clip.rate_hz) == (frames / rate_hz, rate_hz)
    with wave.open(io.BytesIO(content)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, rate_hz)
        assert reader.getnframes() == frames
    with opened(io.BytesIO(content)) as file:
        assert np.array_equal(file.read(dtype="int16"), samples_of(clip))
    with opened(io.BytesIO(whole(encoded(clip)))) as file:
        assert np.array_equal(file.read(dtype="int16"), samples_of(clip))


@settings(max_examples=30)
@given(seed=SEEDS, job=JOBS, rms=st.sampled_from([300, 5_000, 30_000]))
def test_a_shift_is_what_was_there_some_milliseconds_away_within_a_decibel(
    seed: int, job: tuple[int, int], rms: int
) -> None:
    """Found by looking for the offset and the gain that explain the clip; what they leave are the least bits."""
    before = np.clip(speech(0.2, rms=rms), -32_768, 32_767)
    after = samples_of(VariedSource(Same(before), SHIFT, seed).clip(*job))
    found = []
    for by in range(-128, 129):
        old, new = (before[: before.size - by], after[by:]) if by >= 0 else (before[-by:], after[:by])
        factor = float(np.dot(old, new) / np.dot(old, old))
        found.append((float(np.abs(new - factor * old).max()), by, factor))
    left, by, factor = min(found)
    assert 16 <= abs(by) <= 128
    assert -1.01 < 20 * np.log10(factor) < 1.01
    assert left < 2.6, "half a step of rounding, a least bit, and one of the nonce"
    room = after[:by] if by > 0 else after[by:]
    assert np.abs(room).max() < 33 * 6
    assert np.abs(after).max() <= 32_767


def test_what_is_dropped_is_quieter_than_the_other_end() -> None:
    loud = np.full(16_000, 3_000)
    loud[-128:] = 0
    for job in range(20):
        after = samples_of(VariedSource(Same(loud), SHIFT, 1).clip(job, 0))
        assert np.count_nonzero(np.abs(after) > 1_000) == 16_000 - 128, "nothing of what sounds is lost"
        after = samples_of(VariedSource(Same(loud[::-1]), SHIFT, 1).clip(job, 0))
        assert np.count_nonzero(np.abs(after) > 1_000) == 16_000 - 128


@settings(max_examples=50)
@given(seed=SEEDS, jobs=st.lists(JOBS, min_size=2, max_size=20, unique=True), vary=st.sampled_from([SHIFT, NOISY]))
@pytest.mark.parametrize("frames", [8, 64, 1_600])
def test_no_two_clips_of_a_run_are_equal(frames: int, seed: int, jobs: list[tuple[int, int]], vary: Vary) -> None:
    """Not even of silence, which neither an offset nor a gain changes."""
    source = VariedSource(Same(np.zeros(frames)), vary, seed)
    assert len({whole(source.clip(*job)) for job in jobs}) == len(jobs)


def test_ten_thousand_neighbours_are_all_different() -> None:
    source = VariedSource(Same(speech(0.1)), SHIFT, 1)
    assert len({whole(source.clip(seq, 0)) for seq in range(10_000)}) == 10_000


@pytest.mark.parametrize("vary", [SHIFT, NOISY])
def test_a_clip_is_a_function_of_seed_seq_and_attempt(vary: Vary) -> None:
    first, second, other = (VariedSource(Same(speech()), vary, seed) for seed in (5, 5, 6))
    second.load()
    assert whole(first.clip(9, 0)) == whole(second.clip(9, 0))
    assert whole(first.clip(9, 0)) != whole(other.clip(9, 0))
    assert whole(first.clip(9, 1)) != whole(first.clip(9, 0))


@pytest.mark.parametrize("snr_db", [20.0, 10.0, 5.0, -5.0])
@pytest.mark.parametrize("rms", [500, 20_000])
def test_noise_is_as_far_below_the_speech_as_was_asked_for(snr_db: float, rms: int) -> None:
    """What is not the speech, at whatever level the whole is, is the noise."""
    before = np.clip(speech(10, rms=rms), -32_768, 32_767)
    after = samples_of(VariedSource(Same(before), Vary(snr_db=snr_db), 1).clip(1, 0))
    factor = float(np.dot(before, after) / np.dot(before, before))
    noise = after - factor * before
    powers = (before.reshape(-1, 160) ** 2).mean(axis=1)
    active = float(np.sqrt(powers[powers >= powers.max() / 1_000].mean()))
    assert 20 * np.log10(factor * active / noise.std()) == pytest.approx(snr_db, abs=0.5)
    assert np.abs(after).max() <= 32_767


@pytest.mark.parametrize("vary", [SHIFT, NOISY, NONE])
def test_a_repetition_is_the_clip_itself_with_least_bits_of_its_own(vary: Vary) -> None:
    inner = Same(speech())
    source = VariedSource(inner, vary, 1)
    clips = [source.clip(7, attempt) for attempt in (0, REPEAT, REPEAT + 1, REPEAT + 2)]
    for one, other in combinations(clips, 2):
        difference = np.abs(samples_of(one) - samples_of(other))
        assert 0 < difference.max() <= 4, "a least bit of each, and one of the nonce of each"
        assert difference[64:].max() <= 2
        assert (one.duration_s, one.text, one.sentences) == (other.duration_s, other.text, other.sentences)
    assert set(inner.asked) == {(7, 0)}


def test_what_is_not_varied_stays_as_it_is() -> None:
    inner = Same(speech())
    source = VariedSource(inner, NONE, 1)
    assert not source.takes_time
    assert whole(source.clip(3, 2)) == whole(inner.clip(3, 2))


def test_what_is_varied_takes_time_and_so_does_what_took_it_before() -> None:
    slow = Same(speech())
    slow.takes_time = True
    assert VariedSource(Same(speech()), SHIFT, 1).takes_time
    assert VariedSource(slow, NONE, 1).takes_time


@pytest.mark.parametrize("vary", [SHIFT, NONE])
def test_what_the_source_needs_is_made_ready(vary: Vary) -> None:
    inner = Same(speech())
    VariedSource(inner, vary, 1).load()
    assert inner.is_ready


def test_words_move_with_the_clip_and_stay_within_it() -> None:
    before = speech()
    before[-200:] = 0
    before[:200] = 500
    clip = VariedSource(Same(before), SHIFT, 1).clip(0, 0)
    (one, two) = clip.sentences[0]
    by_s = one.from_s
    assert 0.001 <= by_s <= 0.008
    assert (one.to_s, two.from_s, two.to_s) == pytest.approx((0.4 + by_s, 0.6 + by_s, 1.0))
    assert (clip.speech_from_s, clip.speech_to_s) == (by_s, 1.0)
    assert clip.text == "one two"
    assert VariedSource(Same(before), NOISY, 1).clip(0, 0).sentences == Said().sentences()


@pytest.mark.parametrize("vary", [SHIFT, NOISY])
def test_speech_of_a_pack_can_be_varied(vary: Vary) -> None:
    inner = source_of(AudioSpec("speech", 3.0, 16_000), 5)
    source = VariedSource(inner, vary, 5)
    for seq in range(3):
        clip, before = source.clip(seq, 0), inner.clip(seq, 0)
        assert (clip.text, clip.bytes) == (before.text, before.bytes)
        assert whole(clip) != whole(before)


OTHER_PROCESS = """
import hashlib, sys
from stt_load.audio.sources import AudioSpec, source_of
from stt_load.audio.vary import VariedSource, vary_of
for plain in ("shift", {"snr_db": 5}):
    clip = VariedSource(source_of(AudioSpec("speech", 3.0, 16_000), 5), vary_of(plain, "speech"), 5).clip(8, 1)
    print(hashlib.sha256(b"".join(clip.parts)).hexdigest())
"""


def test_it_is_the_same_in_another_process() -> None:
    said = {
        subprocess.run([sys.executable, "-c", OTHER_PROCESS], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(said) == 1
    assert len(set(said.pop().split())) == 2
