"""Clips of speech: exact, all different, the same anywhere, and what they say is where they say it is."""

from __future__ import annotations

import io
import wave
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.clip import Clip
from stt_load.audio.names import FEWEST_SAMPLES, HEADER_BYTES
from stt_load.audio.pack import from_manifest, shipped
from stt_load.audio.pool import Pool
from stt_load.audio.room import LONGEST_PART, PEAK
from stt_load.audio.speech import SpeechSource
from tests.audio.packs import alike, written


def whole(clip: Clip) -> bytes:
    return b"".join(clip.parts)


def samples(clip: Clip) -> np.ndarray:
    return np.frombuffer(whole(clip)[HEADER_BYTES:], "<i2")


@given(
    frames=st.integers(FEWEST_SAMPLES, 400_000),
    rate_hz=st.sampled_from([8_000, 16_000, 22_050]),
    seed=st.integers(0, 2**64 - 1),
)
def test_a_clip_is_a_wav_of_exactly_its_frames(frames: int, rate_hz: int, seed: int) -> None:
    clip = SpeechSource(shipped(), seed, alike(frames, rate_hz)).clip(3, 0)
    assert (len(whole(clip)), clip.duration_s) == (clip.bytes, frames / rate_hz)
    with wave.open(io.BytesIO(whole(clip))) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, rate_hz)
        assert reader.getnframes() == frames
        assert len(reader.readframes(frames + 1)) == 2 * frames


@given(
    seed=st.integers(0, 2**64 - 1),
    jobs=st.lists(st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 2**16 - 1)), min_size=2, unique=True),
)
def test_no_two_jobs_of_a_run_share_even_their_first_part(seed: int, jobs: list[tuple[int, int]]) -> None:
    source = SpeechSource(shipped(), seed, alike(FEWEST_SAMPLES, 16_000))  # nothing but what makes it unique
    assert len({whole(source.clip(seq, attempt)) for seq, attempt in jobs}) == len(jobs)


def test_a_clip_is_a_function_of_seed_seq_and_attempt() -> None:
    first, second, other = (SpeechSource(shipped(), seed, alike(160_000, 16_000)) for seed in (5, 5, 6))
    assert whole(first.clip(9, 0)) == whole(second.clip(9, 0))
    assert len({whole(one) for one in (first.clip(9, 0), other.clip(9, 0), first.clip(9, 1), first.clip(8, 0))}) == 4


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
def test_each_sentence_is_where_the_clip_says_and_room_noise_is_elsewhere(rate_hz: int) -> None:
    source = SpeechSource(shipped(), 5, alike(10 * rate_hz, rate_hz))
    numbers = {recording.text: [] for recording in shipped().recordings}
    for number, recording in enumerate(shipped().recordings):
        numbers[recording.text].append(number)
    pool = Pool(shipped(), rate_hz, None)
    for seq in range(40):
        clip = source.clip(seq, 0)
        rest = samples(clip).copy()
        for sentence in clip.sentences:
            found = 0
            for number in numbers[" ".join(word.text for word in sentence)]:
                known = np.frombuffer(pool.recording(number), "<i2")
                at = round((sentence[0].from_s - shipped().recordings[number].words[0].from_s) * rate_hz)
                if np.array_equal(rest[at : at + len(known)], known):
                    rest[at : at + len(known)] = 0
                    found += 1
            assert found == 1, sentence
        assert np.abs(rest[FEWEST_SAMPLES:]).max() <= PEAK
        assert np.abs(rest).max() <= 128


def test_what_is_known_of_its_words() -> None:
    clip = SpeechSource(shipped(), 5, alike(160_000, 16_000)).clip(1, 0)
    words = [word for sentence in clip.sentences for word in sentence]
    assert clip.text == " ".join(word.text for word in words)
    assert (clip.speech_from_s, clip.speech_to_s) == (words[0].from_s, words[-1].to_s)
    instants = [at for word in words for at in (word.from_s, word.to_s)]
    assert instants == sorted(instants)
    assert instants[0] >= 0.3
    assert instants[-1] <= 10 - 0.28


def test_below_the_shortest_phrase_it_is_room_noise_without_words() -> None:
    clip = SpeechSource(shipped(), 5, alike(8_000, 16_000)).clip(1, 0)
    assert (clip.text, clip.sentences, clip.speech_from_s, clip.speech_to_s) == ("", (), None, None)
    assert 0 < np.abs(samples(clip)[FEWEST_SAMPLES:]).max() <= PEAK


def test_a_pause_longer_than_the_room_noise_is_of_several_pieces(tmp_path: Path) -> None:
    pack = from_manifest(written(tmp_path, 480_000))
    frames = 470_000
    clip = SpeechSource(pack, 5, alike(frames, 16_000)).clip(1, 0)
    assert len(clip.parts) == 1 + -(-(frames - FEWEST_SAMPLES) // LONGEST_PART)
    assert len(samples(clip)) == frames
    some = samples(
        SpeechSource(from_manifest(written(tmp_path, 8_000)), 5, alike(8_000 + 40 * 16_000, 16_000)).clip(1, 0)
    )
    assert len(some) == 8_000 + 40 * 16_000


def test_nothing_is_copied() -> None:
    source = SpeechSource(shipped(), 5, alike(160_000, 16_000))
    one, other = source.clip(1, 0), source.clip(1, 0)
    assert all(isinstance(part, memoryview) for part in one.parts[1:])
    assert [part.obj for part in one.parts[1:]] == [part.obj for part in other.parts[1:]]  # type: ignore[union-attr]


def test_a_clip_of_an_hour_is_as_long_and_takes_no_memory_of_its_own() -> None:
    source = SpeechSource(shipped(), 5, alike(3_600 * 16_000, 16_000))
    clip = source.clip(1, 0)
    assert clip.bytes == sum(map(len, clip.parts)) == HEADER_BYTES + 3_600 * 32_000
    assert len({id(part.obj) for part in clip.parts[1:]}) == 2  # type: ignore[union-attr]
    assert clip.speech_to_s is not None
    assert clip.speech_to_s > 3_598


def drawn(clips: int, frames: int) -> None:
    """So many clips: all different, of exact lengths, and the words are those of their samples."""
    source = SpeechSource(shipped(), 11, alike(frames, 16_000))
    source.load()
    starts = {
        bytes(source._pool.recording(number)[:4_000]): one.text for number, one in enumerate(shipped().recordings)
    }
    seen = set()
    for seq in range(clips):
        clip = source.clip(seq, 0)
        assert sum(map(len, clip.parts)) == clip.bytes == HEADER_BYTES + 2 * frames
        seen.add(blake2b(clip.parts[0], digest_size=16).digest())
        said = [starts[bytes(part[:4_000])] for part in clip.parts if bytes(part[:4_000]) in starts]
        assert " ".join(said) == clip.text
        assert said
    assert len(seen) == clips


def test_a_thousand_clips_are_all_different_and_their_words_are_right() -> None:
    drawn(1_000, 160_000)


@pytest.mark.slow
@pytest.mark.parametrize("frames", [80_000, 160_000, 160_001])
def test_a_hundred_thousand_clips_are_all_different_and_their_words_are_right(frames: int) -> None:
    drawn(100_000, frames)


def test_a_clip_without_room_for_what_makes_it_unique_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        SpeechSource(shipped(), 1, alike(FEWEST_SAMPLES - 1, 16_000))
