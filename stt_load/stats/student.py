"""Student's t: its tail, and its point at any level."""

from __future__ import annotations

import math

from stt_load.stats.beta import beta_below

_NEAR = 1e-13
_STEPS = 200


def t_above(t: float, degrees: float) -> float:
    """The probability that a value with Student's distribution of `degrees` degrees of freedom (above 0) is above
    `t`.

    By the incomplete beta function (Abramowitz and Stegun, 26.7.1): of t on both sides it is that of
    degrees / (degrees + t^2).
    """
    tail = beta_below(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return tail if t >= 0 else 1 - tail


def t_point(level: float, degrees: float) -> float:
    """The value that Student's t of `degrees` degrees (above 0) is at most with probability `level`, 0 < level < 1:
    2.571 for 0.975 and 5 degrees.

    By Newton's steps from 0 on: above 0 the tail is convex, so that none of them goes too far.
    Raises `ValueError` for what is no level, or no number of degrees.
    """
    if not 0 < level < 1:
        raise ValueError(f"level: {level!r} is no probability between 0 and 1")
    if not degrees > 0:
        raise ValueError(f"degrees: {degrees!r} is not above 0")
    if level < 0.5:
        return -t_point(1 - level, degrees)
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)
    t = 0.0
    for _ in range(_STEPS):
        density = scale * math.exp(-(degrees + 1) / 2 * math.log1p(t * t / degrees))
        step = (t_above(t, degrees) - (1 - level)) / density
        t += step
        if step <= _NEAR * t:
            break
    return t
