"""What must hold for a load and for SLOs, beside what must hold for each of their keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stt_load.audio.lengths import length_of
from stt_load.config.faults import KeyPath
from stt_load.config.model import AUTO, Config
from stt_load.config.places import Broken
from stt_load.config.slo_values import parsed
from stt_load.slo.parse import problems

RATE, AUDIO_RATE, STAGES = ("load", "rate"), ("load", "audio_rate"), ("load", "stages")
MEASURE: KeyPath = ("measure_for",)
MOST_ARRIVALS = 100_000_000
"""In a given time: their rows fill 16 GB, and to count them beforehand takes seconds."""
SLO: KeyPath = ("slo",)
JUNIT: KeyPath = ("report", "junit")
HTML: KeyPath = ("report", "html")


def load_can_be_carried_out(config: Config) -> Iterator[Broken]:
    """There is something to measure, and no more of it than rows can count."""
    load, expected = config.load, expected_arrivals(config)
    places = (STAGES,) if load.stages is not None else (MEASURE, RATE if load.audio_rate is None else AUDIO_RATE)
    at_least = _fewest_of_audio(config) if expected is None else expected
    if at_least is not None and at_least > MOST_ARRIVALS:
        yield dict.fromkeys(places, f"makes {at_least:,.0f} arrivals or more; choose {MOST_ARRIVALS:,} at most")
    elif expected is not None and expected < 1:
        yield dict.fromkeys(places, f"makes {expected:.2g} arrivals, and so mostly none; choose more")


def expected_arrivals(config: Config) -> float | None:
    """How many requests arrive after the warm-up, on average, of a rate or of its stages; None where their end is
    another one, and where it isn't known before clips are made."""
    load = config.load
    if load.stages is not None and "rate" in load.stages[0]:
        return sum(_mean(stage["rate"]) * float(stage["for"]) for stage in load.stages)
    if load.rate is not None and config.measure_for is not None:
        return load.rate * config.measure_for
    return None


def _fewest_of_audio(config: Config) -> float | None:
    """How many clips a rate of audio makes at least, by their longest; None where nobody can say."""
    rate, measure_for_s = config.load.audio_rate, config.measure_for
    if rate is None or measure_for_s is None or (config.audio.source == "files" and config.audio.duration is None):
        return None
    try:
        longest_s = length_of(config.audio.duration).longest_s
    except ValueError:
        return None  # of which is told as such
    return rate * measure_for_s / longest_s


def slos_go_together(config: Config) -> Iterator[Broken]:
    """Each of them is right by itself."""
    for place, problem in problems(map(parsed, config.slo)):
        yield {(*SLO, str(place)): problem}


def junit_has_a_file_of_its_own(config: Config) -> Iterator[Broken]:
    """No result, and no table of rows, is written over."""
    given = config.report.junit
    if given is None:
        return
    if Path(given).suffix != ".xml":
        yield {JUNIT: "does not end with .xml; choose a name that does, or null"}
    elif config.save_path is not None and Path(given) == Path(config.save_path):
        yield {JUNIT: "is the file of save_path; choose another one, or null"}


def html_has_a_file_of_its_own(config: Config) -> Iterator[Broken]:
    """A name that a browser knows, and that no result has."""
    given = config.report.html
    if given is None or given == AUTO:
        return
    if Path(given).suffix not in (".html", ".htm"):
        yield {HTML: f"does not end with .html; choose a name that does, or {AUTO}, or null"}
    elif config.save_path is not None and Path(given) == Path(config.save_path):
        yield {HTML: f"is the file of save_path; choose another one, or {AUTO}, or null"}


def _mean(ends: float | list[float]) -> float:
    return sum(ends) / len(ends) if isinstance(ends, list) else ends
