import io
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.names import FEWEST_SAMPLES, HEADER_BYTES, frames_of
from stt_load.audio.noise import PEAK, NoiseSource
from tests.audio.packs import alike


def whole(source: NoiseSource, seq: int, attempt: int = 0) -> bytes:
    return b"".join(bytes(part) for part in source.clip(seq, attempt).parts)


@given(frames=st.integers(FEWEST_SAMPLES, 50_000), rate=st.integers(1_000, 384_000), seed=st.integers(0, 2**64 - 1))
def test_a_clip_is_a_wav_of_exactly_its_frames(frames: int, rate: int, seed: int) -> None:
    source = NoiseSource(seed, alike(frames, rate))
    clip = whole(source, 3)
    assert len(clip) == source.clip(3, 0).bytes
    with wave.open(io.BytesIO(clip)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, rate)
        assert reader.getnframes() == frames
        assert len(reader.readframes(frames + 1)) == 2 * frames
    assert int.from_bytes(clip[4:8], "little") == len(clip) - 8


@pytest.mark.parametrize(
    ("duration_s", "rate_hz", "frames"), [(10.0, 16_000, 160_000), (0.1, 11_025, 1_102), (1.00004, 8_000, 8_000)]
)
def test_frames_are_the_rounded_product(duration_s: float, rate_hz: int, frames: int) -> None:
    assert frames_of(duration_s, rate_hz) == frames


@given(
    seed=st.integers(0, 2**64 - 1),
    jobs=st.lists(st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 2**16 - 1)), min_size=2, unique=True),
)
def test_no_two_jobs_of_a_run_share_a_clip(seed: int, jobs: list[tuple[int, int]]) -> None:
    source = NoiseSource(seed, alike(FEWEST_SAMPLES, 16_000))  # nothing but the nonce: the part that makes it unique
    assert len({whole(source, seq, attempt) for seq, attempt in jobs}) == len(jobs)


def test_ten_thousand_neighbours_are_all_different() -> None:
    source = NoiseSource(1, alike(400, 16_000))
    assert len({whole(source, seq) for seq in range(10_000)}) == 10_000


def test_a_clip_is_a_function_of_seed_seq_and_attempt() -> None:
    first, second, other = (NoiseSource(seed, alike(1_000, 16_000)) for seed in (5, 5, 6))
    assert whole(first, 9) == whole(second, 9)
    assert whole(first, 9) != whole(other, 9)
    assert whole(first, 9, attempt=1) != whole(first, 9)


def test_the_noise_is_noise_within_its_peak() -> None:
    clip = np.frombuffer(whole(NoiseSource(3, alike(160_000, 16_000)), 0)[HEADER_BYTES:], "<i2")
    assert np.abs(clip).max() <= PEAK
    assert abs(float(clip.mean())) < 30
    assert abs(float(np.corrcoef(clip[:-1], clip[1:])[0, 1])) < 0.02


def test_a_clip_without_room_for_the_nonce_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        NoiseSource(1, alike(FEWEST_SAMPLES - 1, 16_000))


def test_the_audio_is_a_view_into_the_shared_noise() -> None:
    source = NoiseSource(3, alike(160_000, 16_000))
    one, other = (source.clip(seq, 0).parts[1] for seq in (1, 2))
    assert isinstance(one, memoryview)
    assert isinstance(other, memoryview)
    assert one.obj is other.obj
