"""The table of levels that people publish: what each load came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.asked_load import number
from stt_load.report.exit_code import verdict_of
from stt_load.report.messages import Messages
from stt_load.report.tables import table
from stt_load.report.width import columns
from stt_load.samples.levels import Trial
from stt_load.stats.quantiles import FEWEST_FOR_P99
from stt_load.stats.validity import of_generator
from stt_load.storage.levels_record import TriedLevel

UNLIMITED = 10_000
MARK = "*"
"""Beside a P99 that is the maximum."""
NAMES = ("load", "tier", "n", "rate", "median", "p95", "p99", "rtf", "audio", "wer", "failed", "outcome")
LESSER = ("rtf", "median", "n", "tier")
ROOM = tuple(frozenset(LESSER[:count]) for count in range(len(LESSER) + 1))
"""What is left out: nothing, and where there is no room for all, more and more. Without its tier nobody could tell
two tests of one load from each other."""
DOUBT = "!"
"""Beside what came of a test, where the measurement is in doubt."""


def lines(say: Messages, levels: Sequence[TriedLevel]) -> Iterator[str]:
    """The table, lowest load first, with what there is to know about it; nothing without levels."""
    if not levels:
        return
    yield say("tried.heading")
    ordered = sorted(levels, key=lambda one: (one.trial.axis != "users", one.trial.value, one.number))
    yield from _rows(say, ordered)
    yield from notes(say, levels, say("tried.doubtful", mark=DOUBT))


def notes(say: Messages, levels: Sequence[TriedLevel], doubtful: str) -> Iterator[str]:
    """What the marks mean that there are in the rows of `levels`. doubtful: what that of a doubt means."""
    if any(_is_max(level) for level in levels):
        yield say("levels.is_max", mark=MARK, n=FEWEST_FOR_P99)
    if any(level.outcome != "measured" and _is_doubtful(level) for level in levels):
        yield doubtful
    if any(level.outcome == "open" and level.judged is not None for level in levels):
        yield say("tried.uncertain")


def _rows(say: Messages, levels: Sequence[TriedLevel]) -> Iterator[str]:
    """With as many columns as there is room for."""
    for without in ROOM:
        rows = [cells(say, level, levels, without) for level in levels]
        found = list(table(heads(say, levels, without), rows, UNLIMITED))
        if all(columns(line) <= say.width for line in found):
            return iter(found)
    rows = [cells(say, level, levels) for level in levels]
    return table(heads(say, levels), rows, say.width)


def heads(say: Messages, levels: Sequence[TriedLevel], without: frozenset[str] = ROOM[0]) -> list[str]:
    """Of the columns. levels: those that are to be shown; where none of them has it, there is no column for it.
    without: columns that there is no room for."""
    keys = {"p95": "levels.p95", "p99": "levels.p99", "rtf": "lengths.rtf", "wer": "accuracy.wer"}
    keys |= {"failed": "levels.failed"}
    texts = {name: say(keys.get(name, f"tried.{name}")) for name in _columns(levels, without)}
    axes = dict.fromkeys(level.trial.axis for level in levels)
    if len(axes) == 1:
        texts["load"] = say(f"tried.of_{next(iter(axes))}")
    return list(texts.values())


def texts(levels: Sequence[TriedLevel]) -> tuple[int, ...]:
    """Places of the columns of `heads(say, levels)` that have words in them; the others have numbers. The first one
    names the row."""
    return tuple(place for place, name in enumerate(_columns(levels, ROOM[0])) if name in ("load", "tier", "outcome"))


def cells(
    say: Messages, level: TriedLevel, levels: Sequence[TriedLevel], without: frozenset[str] = ROOM[0]
) -> list[str]:
    """A level's row, below `heads(say, levels)`."""
    metrics = level.run.summary.metrics
    times = metrics.response_time_s
    mixed = len({one.trial.axis for one in levels}) > 1
    texts = {
        "load": loaded(say, level.trial) if mixed else number(level.trial.value),
        "tier": say(f"tried.tier_{level.trial.tier}"),
        "n": str(metrics.requests.total),
        "rate": say.number(level.done_rps, 2),
        "median": say.number(times.median, 3),
        "p95": say.number(times.p95, 3),
        "p99": say.number(times.p99, 3) + (MARK if _is_max(level) else ""),
        "rtf": say.number(metrics.rtf.overall, 3),
        "audio": say.number(audio(level), 1),
        "wer": say.share(metrics.accuracy.wer),
        "failed": say.share(metrics.error_rate),
        "outcome": _brief(say, level),
    }
    return [texts[name] for name in _columns(levels, without)]


def loaded(say: Messages, trial: Trial) -> str:
    """A level's number, with what it is one of."""
    return say(f"tried.as_{trial.axis}", load=number(trial.value))


def outcome(say: Messages, level: TriedLevel) -> str:
    """What came of a level: of its test, if it had one, and whether its figures can be believed, if not quite."""
    tested = _tested(say, level)
    if not _is_doubtful(level):
        return tested
    generator = of_generator(level.run.summary.validity)
    doubt = say("tried.too_few" if generator in ("VALID", None) else f"tried.{generator}")
    return say("tried.doubted", outcome=tested, verdict=doubt) if tested else doubt


def _brief(say: Messages, level: TriedLevel) -> str:
    """The same as short as a column is to be."""
    tested = _tested(say, level)
    return f"{tested}{DOUBT}" if tested and _is_doubtful(level) else outcome(say, level)


def _is_doubtful(level: TriedLevel) -> bool:
    return verdict_of(level) not in ("VALID", None)


def _tested(say: Messages, level: TriedLevel) -> str:
    """One that can't be told leans to one side."""
    if level.outcome == "measured":
        return ""
    if level.outcome == "open" and level.judged is not None:
        return say(f"tried.leans_{level.judged.leans}")
    return say(f"tried.{level.outcome}")


def _columns(levels: Sequence[TriedLevel], without: frozenset[str]) -> list[str]:
    left_out = set(without)
    if all(level.trial.tier == "sweep" for level in levels):
        left_out.add("tier")
    if all(level.run.summary.metrics.accuracy.wer is None for level in levels):
        left_out.add("wer")
    if all(level.outcome == "measured" and not _is_doubtful(level) for level in levels):
        left_out.add("outcome")
    return [name for name in NAMES if name not in left_out]


def audio(level: TriedLevel) -> float | None:
    """Seconds of audio per second, at the rate that is shown."""
    metrics, rate_rps = level.run.summary.metrics, level.done_rps
    if rate_rps is None or metrics.audio_throughput is None or not metrics.throughput_rps:
        return None
    return rate_rps * metrics.audio_throughput / metrics.throughput_rps


def _is_max(level: TriedLevel) -> bool:
    return 0 < level.run.summary.metrics.response_time_s.n < FEWEST_FOR_P99
