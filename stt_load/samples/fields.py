"""The one table of a sample's fields: columns, JSON, ranges and absent values follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Form = Literal["number", "text", "phase", "kind", "names", "flag", "flaw"]
"""What a field's column holds: its value, or a number that stands for it."""
AppliesTo = Literal["request", "session", "both"]
"""Whose rows have a field: those of requests, of paced sessions, or of both."""

NAN = float("nan")
LONGEST_S = 1e9
"""The most that a column of seconds holds."""
_LONGEST_INSTANT_S = 1e12


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a `Sample`.

    name: in `Sample`, in the columns and in the rows of a result. about: what it is, for a reader of the result.
    dtype: of its column. absent: what stands there for None; None where there always is a value. least, most: the
    range of its values. instant: a point in time, which counts from the run's origin or its barrier. told: an answer
    says it, or what is counted in one follows from what it says: beyond the range it is absent, and its name is in
    the sample's `out_of_range`. scored: it is absent while the run lasts, and known when its answers have been held
    against what was said. A field that applies to sessions alone costs other runs nothing: it has no column.
    """

    name: str
    about: str
    dtype: str
    absent: float | None = None
    least: float = 0
    most: float = 0
    form: Form = "number"
    instant: bool = False
    told: bool = False
    applies_to: AppliesTo = "both"
    scored: bool = False

    def holds(self, value: float) -> bool:
        """Whether `value` is in the range; NaN never is, nor is part of one where whole things are counted."""
        return self.least <= value <= self.most and (self.dtype[-2] == "f" or value % 1 == 0)


def _count(name: str, dtype: str, about: str, absent: float | None = None, least: float = 0, **more: Any) -> Field:
    return Field(name, about, dtype, absent, least, int(np.iinfo(dtype).max), **more)


def _seconds(name: str, about: str, absent: float | None = None, **more: Any) -> Field:
    return Field(name, about, "<f4", absent, 0, LONGEST_S, **more)


def _instant(name: str, about: str, absent: float | None = None, applies_to: AppliesTo = "both") -> Field:
    longest_s = _LONGEST_INSTANT_S
    return Field(name, about, "<f8", absent, -longest_s, longest_s, instant=True, applies_to=applies_to)


def _edits(name: str, dtype: str, about: str) -> Field:
    """A count that can be 0, and so has the largest number of its column for none."""
    most = int(np.iinfo(dtype).max)
    return Field(name, about, dtype, most, 0, most - 1, scored=True)


def _mark(name: str, about: str) -> Field:
    return _instant(name, about, NAN, "session")


def _text(name: str, about: str) -> Field:
    return Field(name, about, "<i2", -1, -1, np.iinfo("<i2").max, form="text")


TABLE = (
    _count("seq", "<u4", "Number of the iteration, unique in the run."),
    _count("attempt", "<u2", "0, and one more each time the iteration was leased again."),
    Field("phase", "Only `measured` is in the statistics.", "u1", most=255, form="phase"),
    _count("worker", "<u2", "The process that sent it."),
    _count("users", "<u4", "Users running when it was sent."),
    _instant("start_s", "The intended start: when it was due, which in a closed loop is when its user was ready."),
    _instant("sent_s", "Right before the first byte went out; null when nothing was sent.", NAN),
    _instant("first_byte_s", "The answer's headers are in.", NAN),
    _instant("done_s", "The answer's last byte is in (of a stream with a done mark, that mark), or it failed."),
    _seconds("pause_s", "How long this user stays away on purpose before its next request."),
    _seconds("audio_s", "Length of the clip."),
    _count("upload_bytes", "<u4", "Size of the request's body; 0 without a connection.", told=True),
    _count("download_bytes", "<u4", "Size of the answer's body as received.", told=True),
    Field("status", "HTTP status; null without an answer.", "<i2", 0, 100, 999, told=True),
    Field("error_kind", "Why it is not ok; null when it is.", "u1", 0, most=255, form="kind"),
    _text("error", "What was said, status and first part of the body for example."),
    _count("text_length", "<i4", "Characters of the transcript; null when there is none.", -1, told=True),
    _count("connection", "<u4", "Which of its worker's connections it went out on, from 1; null without one.", 0, 1),
    _seconds(
        "connect_s",
        "How long the connection's set-up took, TCP and TLS; null where it was there already.",
        NAN,
        told=True,
    ),
    _seconds(
        "tcp_connect_s",
        "TCP's part of it, one round trip over the network, to the proxy where there is one; null likewise.",
        NAN,
        told=True,
    ),
    _instant("first_text_s", "Of a streamed answer, its first text is in.", NAN),
    _count("deltas", "<i4", "Pieces of text in a streamed answer; null for another.", -1, told=True),
    _seconds(
        "gap_mean_s", "Mean time between one piece of text and the next; null with fewer than two.", NAN, told=True
    ),
    _seconds("gap_p95_s", "P95 of these times.", NAN, told=True),
    _seconds("gap_max_s", "The longest of them.", NAN, told=True),
    _text("dialect", "Of a streamed answer, the dialect that it was seen to be in; null for another."),
    _seconds("server_audio_s", "Length of the clip as the server says.", NAN, told=True),
    _seconds("processing_s", "Time spent on it as the server says.", NAN, told=True),
    _count("tokens", "<i4", "Tokens used, as the server says.", -1, told=True),
    _count("polls", "<u4", "How often the end of a job was asked for (protocol submit_poll).", 0, 1, told=True),
    _text("headers", "Headers of the answer that were to be captured, by name."),
    _seconds("late_s", "What standstills of the load generator can have added to its time."),
    Field(
        "out_of_range",
        "Fields that are null as the answer told a number beyond all reason.",
        "<u2",
        0,
        most=2**16 - 1,
        form="names",
    ),
    Field(
        "json_for_text",
        "Plain text was asked for (response_format: text), and the transcript came in JSON.",
        "u1",
        most=1,
        form="flag",
    ),
    _count("slot", "<u4", "Which of its process's slots carried it out: a number for each user, from 0."),
    _count("level", "<i2", "The level, a load that was tried, that it belongs to; null in a plain run.", -1),
    _count("stage", "<i2", "The stage, a part of the load's profile, that it belongs to; null in a plain run.", -1),
    _count(
        "words",
        "<u2",
        "Words that its clip says, normalised; null where its answer was not scored.",
        0,
        1,
        scored=True,
    ),
    _edits("substitutions", "<u2", "Words that the answer has in place of others; null likewise."),
    _edits("deletions", "<u2", "Words that the answer lacks."),
    _edits("insertions", "<u2", "Words that the answer has, and the clip has not."),
    _count("characters", "<u4", "Characters that its clip says, normalised; null likewise.", 0, 1, scored=True),
    _edits("character_edits", "<u4", "Characters of the answer that are others, missing or too many."),
    Field(
        "flaw",
        "How the answer is wrong as a whole; null where nothing was found.",
        "u1",
        0,
        most=255,
        form="flaw",
        scored=True,
    ),
    _mark("ready_s", "Of a session: the service is ready for audio."),
    _mark("speech_from_s", "The sample at which speech begins was due."),
    _mark("speech_to_s", "The last sample of speech was due."),
    _mark("first_partial_s", "The first text that is not empty is in."),
    _mark("final_s", "The final that completes the transcript is in."),
)
"""All that a row of a result can have."""
FIELDS = tuple(field for field in TABLE if field.applies_to != "session")
"""In the order of `Sample`'s fields and of a request's row."""

BY_NAME = {field.name: field for field in FIELDS}
INSTANTS = tuple(field.name for field in FIELDS if field.instant)
TEXTS = tuple(field.name for field in FIELDS if field.form == "text")
"""Columns of numbers that stand for texts."""
TOLD = tuple(field.name for field in FIELDS if field.told)
"""The n-th is bit n of the column `out_of_range`."""
SCORED = tuple(field.name for field in FIELDS if field.scored)
"""What no row has before it has been scored."""

ROW = np.dtype([(field.name, field.dtype) for field in sorted(FIELDS, key=lambda one: -np.dtype(one.dtype).itemsize)])
"""One sample in the columns, widest fields first."""


def in_range(name: str, value: float | None) -> bool:
    """Whether a sample's field `name` can have `value`; None is for the absent, where that can be."""
    field = BY_NAME[name]
    return field.absent is not None if value is None else field.holds(value)


def kept(name: str, value: float | None) -> float | None:
    """`value` if a sample's field `name` can have it, else None."""
    return value if value is not None and in_range(name, value) else None


def bits_of(names: tuple[str, ...] | None) -> int:
    """Names of `TOLD` as one number; the others have none."""
    return sum(1 << TOLD.index(name) for name in set(names or ()) if name in TOLD)


def names_of(bits: int) -> tuple[str, ...] | None:
    """The names in `bits`, in the order of `TOLD`; None for none."""
    return tuple(name for place, name in enumerate(TOLD) if bits >> place & 1) or None
