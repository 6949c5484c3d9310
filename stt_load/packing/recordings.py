"""The user's own recordings as utterances of a pack: cut at pauses where it is known when each word is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from stt_load.audio.blocks import blocks
from stt_load.audio.corpus import Recording
from stt_load.audio.entries import says_something
from stt_load.audio.manifest import LONGEST_TEXT
from stt_load.packing.cutting import cut, frame_of, loudness
from stt_load.packing.pieces import LONGEST_S, SHORTEST_S, Piece, pieces
from stt_load.packing.recording import Span, Spoken, within
from stt_load.packing.silences import Loudness, pauses, speech

FIRST_WORDS: Final = 4
"""They tell which part of a recording is meant."""
LONGEST_PART_S: Final = 60.0
"""With what is silent before and after it. A longer one is not decoded: of an hour nobody makes an utterance."""


class Unused(NamedTuple):
    """name: of a recording, or of a part of it. why: what is said of it after a colon."""

    name: str
    why: str


class Part(NamedTuple):
    """Of a recording, or all of it. words: from when to when each is spoken, in seconds from the part's beginning;
    none where nobody knows. offset, frames: samples of the file."""

    name: str
    text: str
    words: tuple[Span, ...]
    offset: int
    frames: int


def utterances(recording: Recording, voice: str) -> Iterator[Spoken | Unused]:
    """What a recording gives, in its order: each cut to its speech and set to one level; and what is of no use."""
    for part in _parts(recording):
        spoken = _spoken(recording, part, voice)
        yield Unused(part.name, spoken) if isinstance(spoken, str) else spoken


def _parts(recording: Recording) -> list[Part]:
    words, lasts_s = recording.words, recording.frames / recording.rate_hz
    found = list(pieces(len(words), lasts_s, pauses(_loudness(recording), words))) if words else []
    if len(found) > 1:
        return [_part(recording, piece) for piece in found]
    return [Part(recording.name, recording.text, words, recording.offset, recording.frames)]


def _part(recording: Recording, piece: Piece) -> Part:
    said = recording.text.split()[piece.first : piece.end]
    shown = " ".join(said[:FIRST_WORDS]) + " ..." * (len(said) > FIRST_WORDS)
    words = recording.words[piece.first : piece.end]
    first, end = (min(round(at_s * recording.rate_hz), recording.frames) for at_s in (piece.from_s, piece.to_s))
    return Part(
        name=f'{recording.name}, "{shown}" at {piece.from_s:.1f} s',
        text=" ".join(said),
        words=tuple(within(span, piece.from_s, piece.lasts_s) for span in words),
        offset=recording.offset + first,
        frames=end - first,
    )


def _spoken(recording: Recording, part: Part, voice: str) -> Spoken | str:
    """The utterance, or why it is none."""
    rate_hz = recording.rate_hz
    if not says_something(part.text):
        return "no word is said"
    if len(part.text) > LONGEST_TEXT:
        return f"a text of {len(part.text)} characters; {LONGEST_TEXT} are the most"
    if (lasts_s := part.frames / rate_hz) > LONGEST_PART_S:
        return _too_long(lasts_s, part)
    samples = np.concatenate(list(blocks(recording.file, part.offset, part.frames)))
    from_s, to_s = speech(Loudness(loudness(samples, rate_hz), frame_of(rate_hz) / rate_hz))
    piece = cut(samples[round(from_s * rate_hz) : round(to_s * rate_hz)], rate_hz)
    if piece is None:
        return "nobody speaks"
    lasts_s = piece.samples.size / rate_hz
    if lasts_s < SHORTEST_S:
        return f"{lasts_s:.2f} s of speech; an utterance has at least {SHORTEST_S} s"
    if lasts_s > LONGEST_S:
        return _too_long(lasts_s, part)
    words = tuple(within(span, from_s + piece.from_s, lasts_s) for span in part.words)
    return Spoken(voice, part.text, piece.samples, rate_hz, words or None)


def _too_long(lasts_s: float, part: Part) -> str:
    why = "no pause is found where it could be cut" if part.words else "nothing says when its words are spoken"
    return f"{lasts_s:.1f} s; an utterance has at most {LONGEST_S:.0f} s, and {why}"


def _loudness(recording: Recording) -> Loudness:
    frame = frame_of(recording.rate_hz)
    rest, values = np.zeros(0, np.float32), []
    for block in blocks(recording.file, recording.offset, recording.frames):
        rest = np.concatenate([rest, block])
        whole = rest.size // frame * frame
        values.append(loudness(rest[:whole], recording.rate_hz))
        rest = rest[whole:]
    return Loudness(np.concatenate([*values, loudness(rest, recording.rate_hz)]), frame / recording.rate_hz)
