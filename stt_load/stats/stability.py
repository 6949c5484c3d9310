"""Whether the same clips are heard alike under load as without it. What they say need not be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from stt_load.samples.accuracy import FLAWS, RepeatedClip, Repeats
from stt_load.stats.blocks import Stability
from stt_load.stats.model import Finding

LEAST_DIFFERENCE = 0.05
SIGNIFICANT_P = 0.001
MOST_EDITS = 1_000
"""Of one answer, where chance is asked: what is further off is as far off as that."""

UNKNOWN = Stability(0)
"""Of a run in which nothing was said again."""


def stability(repeats: Repeats | None) -> Stability:
    """How much answers to the same clip differ, before the run and in it: edits that make the others of the first
    one, over the size of that; sums over sums. Clips with a second answer from before the run and one from it; where
    the first one is empty, too, as the others may be by the same chance."""
    clips = [clip for clip in (repeats.clips if repeats else ()) if clip.control is not None and _under_load(clip)]
    if not any(clip.size for clip in clips):
        return UNKNOWN
    answers = sum(len(_under_load(clip)) for clip in clips)
    flaws = [flaw for clip in clips for flaw in (clip.measured_flaw, clip.repeated_flaw)]
    return Stability(
        n=len(clips),
        answers=answers,
        control=sum(clip.control or 0 for clip in clips) / sum(clip.size for clip in clips),
        load=sum(sum(_under_load(clip)) for clip in clips)
        / sum(clip.size * len(_under_load(clip)) for clip in clips),
        p=by_chance([(clip.control or 0, *_under_load(clip), *clip.between) for clip in clips]),
        **{flaw: flaws.count(flaw) for flaw in FLAWS},
    )


def by_chance(edits: Iterable[Sequence[int]]) -> float:
    """The probability that the first numbers, one of each group, come to as little as they do, or less, were it any
    one of its group each time.

    A group is a clip: how far its two answers from before the run are apart, then all other pairs of its answers.
    Where load changes nothing it is chance which two of them are from before it (a permutation test, within clips:
    Fisher, *The Design of Experiments*, 1935, section 21). Whole answers change places, as the words of one stand or
    fall together. It is exact: the distribution of the sum, one group after the other.
    """
    groups = [np.minimum(group, MOST_EDITS).tolist() for group in edits]
    most = sum(group[0] for group in groups)
    chances = np.zeros(most + 1)
    chances[0] = 1.0
    for group in groups:
        after = np.zeros_like(chances)
        for number in group:
            if number <= most:
                after[number:] += chances[: most + 1 - number]
        chances = after / len(group)
    return min(1.0, float(chances.sum()))


def unstable(found: Stability) -> Iterator[Finding]:
    """Answers are others under load: by five points more than without it, and not by chance. And those that are
    another clip's, or wrong as a whole in another way, if the first one was right."""
    if found.load is not None and found.control is not None and found.p is not None:
        figures = {"load_share": found.load, "control_share": found.control, "clips": found.n, "p": found.p}
        if found.load - found.control >= LEAST_DIFFERENCE and found.p < SIGNIFICANT_P:
            yield Finding("unstable", figures)
    for flaw in FLAWS:
        if count := getattr(found, flaw):
            yield Finding(f"again_{flaw}", {"wrong": count, "answers": found.answers or 0})


def _under_load(clip: RepeatedClip) -> tuple[int, ...]:
    return tuple(edits for edits in (clip.measured, clip.repeated) if edits is not None)
