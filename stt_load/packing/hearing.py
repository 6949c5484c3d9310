"""Which recordings a recogniser mishears.

A synthesiser swallows an ending here and there ("candle" is heard as "Kendall"). Such a recording would count as the
service's error in every run, so it is left out, in that voice only.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence, Set
from difflib import SequenceMatcher
from itertools import accumulate

import numpy as np

from stt_load.packing.recogniser import RATE_HZ, Recogniser
from stt_load.packing.recording import Samples, Spoken

CLIPS_S = (29.0, 29.0, 10.0)
"""How long clips are in turn: Whisper's window is 30 s, and in shorter clips it has less to go by."""
GAPS_S = (0.3, 0.6)
NOISE = 10 ** (-60 / 20)
"""Of the room, root mean square."""
SHORT_S = 1.25
"""What is no longer is spoken alone, too, in clips that hold nothing else."""
ALONE_S = (0.3, 0.5)

Normalise = Callable[[str], str]
Progress = Callable[[int, int], None]


def misheard(
    recordings: Sequence[Spoken], recogniser: Recogniser, normalise: Normalise, times: int, progress: Progress
) -> Set[int]:
    """The places in `recordings` of those that were misheard at least once.

    Each is heard up to `times` times, each time in other company of its own voice, at random; a short one alone as
    well. What has been misheard is not heard again. normalise: what makes two texts that mean the same equal.
    progress: called with how many clips have been heard, and of how many.
    """
    wrong: set[int] = set()
    done = 0
    for turn in range(times + 1):
        rest = [at for at in range(len(recordings)) if at not in wrong]
        if turn < times:
            clips, gaps_s = list(_clips(recordings, rest, turn)), GAPS_S
        else:
            clips, gaps_s = [[at] for at in rest if recordings[at].duration_s <= SHORT_S], ALONE_S
        for count, clip in enumerate(clips):
            progress(done + count, done + len(clips))
            heard = recogniser.hear(joined([recordings[at] for at in clip], random.Random(f"{turn} {count}"), gaps_s))
            said = [normalise(recordings[at].text).split() for at in clip]
            wrong |= {clip[place] for place in errors(said, normalise(heard).split())}
        done += len(clips)
    progress(done, done)
    return wrong


def _clips(recordings: Sequence[Spoken], rest: Sequence[int], turn: int) -> Iterator[list[int]]:
    """`rest` in clips of one voice, at most as long as CLIPS_S has it for this turn, in random order."""
    longest_s = CLIPS_S[turn % len(CLIPS_S)] - GAPS_S[1]
    for voice in dict.fromkeys(recordings[at].voice for at in rest):
        its = [at for at in rest if recordings[at].voice == voice]
        random.Random(f"{turn} {voice}").shuffle(its)
        clip: list[int] = []
        length = 0.0
        for at in its:
            longer = recordings[at].duration_s + GAPS_S[1]
            if clip and length + longer > longest_s:
                yield clip
                clip, length = [], 0.0
            clip.append(at)
            length += longer
        if clip:
            yield clip


def joined(recordings: Sequence[Spoken], chance: random.Random, gaps_s: tuple[float, float]) -> Samples:
    """`recordings` one after the other at RATE_HZ, with pauses of `gaps_s` about them, in the noise of a room."""
    parts = [np.zeros(round(chance.uniform(*gaps_s) * RATE_HZ), np.float32)]
    for recording in recordings:
        parts.append(resampled(recording.samples, recording.rate_hz))
        parts.append(np.zeros(round(chance.uniform(*gaps_s) * RATE_HZ), np.float32))
    whole = np.concatenate(parts)
    noise = np.random.Generator(np.random.PCG64(chance.getrandbits(64))).standard_normal(whole.size, np.float32)
    return np.asarray(whole + noise * np.float32(NOISE), np.float32)


def resampled(samples: Samples, rate_hz: int) -> Samples:
    if rate_hz == RATE_HZ:
        return samples
    import soxr

    return np.asarray(soxr.resample(samples, rate_hz, RATE_HZ), np.float32)


def errors(said: Sequence[Sequence[str]], heard: Sequence[str]) -> Set[int]:
    """The places in `said` of the sentences that were not heard word for word.

    A word too many between two sentences counts against both: nobody knows whose it is.
    """
    words = [word for sentence in said for word in sentence]
    ends = list(accumulate(map(len, said)))
    wrong: set[int] = set()
    for kind, first, last, _, _ in SequenceMatcher(None, words, heard, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        touched = range(first, last) if last > first else range(first - 1, first + 1)
        wrong |= {next(n for n, end in enumerate(ends) if at < end) for at in touched if 0 <= at < len(words)}
    return wrong
