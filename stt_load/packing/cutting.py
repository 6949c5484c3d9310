"""What a synthesiser gives, cut to its speech and set to one level."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stt_load.packing.recording import Samples

FRAME_S: Final = 0.01
"""How long a piece is whose loudness is looked at."""
BELOW: Final = 10 ** (-40 / 20)
"""Of the loudest piece: what is quieter, at either end, is no speech."""
KEPT_S: Final = 0.03
"""Of what is quieter, on both sides: a breath before "h" and a release after "t" are soft."""
FADE_S: Final = 0.005
LEVEL: Final = 10 ** (-23 / 20)
"""Root mean square of a recording, of full scale."""
LOWEST_PEAK, HIGHEST_PEAK = 0.28, 0.65
"""Of full scale; 0.25 to 0.75 when it is heard, for a coder moves it a little. A recording whose peak is not between
is brought there; its level is another then."""


class Cut(NamedTuple):
    """samples: mono, of full scale 1. from_s: where in what was given they begin."""

    samples: Samples
    from_s: float


def cut(samples: Samples, rate_hz: int) -> Cut | None:
    """`samples` from where speech begins to where it ends, with soft edges, at one level; None if nobody speaks."""
    loud = loudness(samples, rate_hz)
    if not loud.size or not loud.max() > 0:
        return None
    frame = frame_of(rate_hz)
    speech = np.flatnonzero(loud >= loud.max() * BELOW)
    kept = round(KEPT_S * rate_hz)
    first = max(0, int(speech[0]) * frame - kept)
    last = min(samples.size, (int(speech[-1]) + 1) * frame + kept)
    return Cut(faded(levelled(samples[first:last]), rate_hz), first / rate_hz)


def frame_of(rate_hz: int) -> int:
    """Samples in a piece of `FRAME_S`."""
    return round(FRAME_S * rate_hz)


def loudness(samples: Samples, rate_hz: int) -> NDArray[np.float64]:
    """Root mean square of each whole piece of `FRAME_S`, and of what is left at the end."""
    frame = frame_of(rate_hz)
    padded = np.zeros(-(-samples.size // frame) * frame)
    padded[: samples.size] = samples
    loud: NDArray[np.float64] = np.sqrt((padded.reshape(-1, frame) ** 2).mean(axis=1))
    return loud


def levelled(samples: Samples) -> Samples:
    """At `LEVEL`, or as near to it as the bounds of the peak let it."""
    gain = LEVEL / float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
    peak = float(np.abs(samples).max())
    return (samples * min(max(gain, LOWEST_PEAK / peak), HIGHEST_PEAK / peak)).astype(np.float32)


def faded(samples: Samples, rate_hz: int) -> Samples:
    """In and out within `FADE_S`, so that no edge clicks."""
    length = min(round(FADE_S * rate_hz), samples.size // 2)
    ramp = np.linspace(0, 1, length, dtype=np.float32)
    faded = samples.copy()
    faded[:length] *= ramp
    faded[faded.size - length :] *= ramp[::-1]
    return faded
