"""Which recordings a pack keeps, where there are more than it is to hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stt_load.packing.recording import Spoken

SHORT_S = 1.2
"""What lasts no longer is a phrase, for clips that have no room for a sentence."""


def is_short(recording: Spoken) -> bool:
    return recording.duration_s <= SHORT_S


def chosen(recordings: Sequence[Spoken], sentences: int | None, phrases: int | None) -> tuple[Spoken, ...]:
    """At most so many sentences and phrases of each voice (None: all), in the order of `recordings`.

    Texts that few voices have are taken first, so that all voices together have many: 200 of 300 in each of three
    voices can be nearly all 300.
    """
    kept: set[int] = set()
    for most, kind in ((sentences, False), (phrases, True)):
        its = [at for at, one in enumerate(recordings) if is_short(one) == kind]
        kept.update(its if most is None else _rarest(recordings, its, most))
    return tuple(one for at, one in enumerate(recordings) if at in kept)


def _rarest(recordings: Sequence[Spoken], places: Sequence[int], most: int) -> set[int]:
    """The voice with the fewest of these texts chooses first, each then what fewest others have taken."""
    taken: Counter[str] = Counter()
    has = Counter(recordings[at].text for at in places)
    kept: set[int] = set()
    voices = Counter(recordings[at].voice for at in places)
    for voice, _ in reversed(voices.most_common()):
        its = [at for at in places if recordings[at].voice == voice]
        its.sort(key=lambda at: (taken[recordings[at].text], has[recordings[at].text], at))
        for at in its[:most]:
            taken[recordings[at].text] += 1
            kept.add(at)
    return kept
