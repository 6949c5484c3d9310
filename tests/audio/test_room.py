"""Room noise: faint, never silent for long, and just as long as a pause is."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.audio import room


@pytest.mark.parametrize("samples", [0, 1, room.LONGEST_PART, room.LONGEST_PART + 1, 5 * room.LONGEST_PART + 3])
@pytest.mark.parametrize("place", [0, room.STARTS - 1, room.STARTS, 2**40 + 12_345])
def test_a_pause_has_its_length(samples: int, place: int) -> None:
    made = b"".join(room.pause(room.noise(5), place, samples))
    assert len(made) == 2 * samples


def test_it_is_faint_and_drawn_from_the_seed() -> None:
    heard = np.frombuffer(room.noise(5), "<i2")
    assert np.abs(heard).max() == room.PEAK
    assert np.sqrt(np.mean(heard.astype(float) ** 2)) == pytest.approx(33, abs=1)
    assert room.noise(5) == room.noise(5) != room.noise(6)
