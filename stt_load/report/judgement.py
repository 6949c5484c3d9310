"""What the console says about the service, and about the measurement itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from stt_load.report.messages import Messages
from stt_load.report.opening import WIDTH
from stt_load.report.width import plain, wrap
from stt_load.samples.run_info import RunInfo
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.model import Check, Finding
from stt_load.storage.run_record import RunRecord

COUNTS = ("load_changed", "listener_errors", "rows_lost", "local_limits", "stalled_timeouts")
"""Checks whose value is a number of events; the others' are shares."""
OF_THE_LOOP = frozenset({"stalls", "busy_loop", "stalled_share", "cpu"})
MOST_LINES = 5
MOST_LOOKED_AT = 10_000


def findings(say: Messages, found: tuple[Finding, ...]) -> Iterator[str]:
    """A block with a sentence for each finding that the counts don't tell already."""
    told = [SENTENCES[one.name](say, one.values) for one in found if one.name in SENTENCES]
    if not told:
        return
    yield ""
    yield say("findings.heading")
    for sentence in told:
        yield from wrap(sentence, WIDTH, "  - ", "    ")


def verdict(say: Messages, run: RunRecord) -> Iterator[str]:
    """Whether the figures can be believed, and why not."""
    validity = run.summary.validity
    if validity.verdict is None:
        yield say("verdict.unanswered" if run.summary.metrics.requests.total else "verdict.nothing")
        return
    yield say(f"verdict.{validity.verdict}")
    troubles = {check.name: check for check in validity.checks if check.verdict not in (None, "VALID")}
    for name, check in troubles.items():
        yield from wrap(_trouble(say, check, overloaded=bool(troubles.keys() & OF_THE_LOOP)), WIDTH, "  - ", "    ")
        if name == "local_limits":
            yield from _limits_met(run.samples)
    if troubles.keys() & {"stalls", "stalled_share", "stalled_timeouts"}:
        yield from _stalls(say, run.info)
    unchecked = [say(f"check.{check.name}") for check in validity.checks if check.verdict is None]
    if unchecked:
        yield from wrap(say("verdict.unchecked", names=", ".join(unchecked)), WIDTH, "  ", "  ")


def _trouble(say: Messages, check: Check, *, overloaded: bool) -> str:
    """overloaded: a loop that does not keep up is reason enough for counts that don't match."""
    if check.name in COUNTS:
        return say(f"trouble.{check.name}", value=round(check.value or 0))
    limit = check.invalid_above if check.verdict == "INVALID" else check.degraded_above
    values = {"value": say.share(check.value), "limit": say.share(limit)}
    if check.figure is not None:
        values |= {
            "figure": say(f"figure.{check.figure.name}"),
            "reported": say.seconds(check.figure.reported_s),
            "without": say.seconds(check.figure.without_stalls_s),
        }
    follows = check.name == "in_flight" and overloaded
    return say("trouble.in_flight_overloaded" if follows else f"trouble.{check.name}", **values)


def _stalls(say: Messages, info: RunInfo) -> Iterator[str]:
    """The longest, in the order of time."""
    longest = sorted(info.generator.stalls, key=lambda stall: stall.from_s - stall.to_s)[:MOST_LINES]
    for stall in sorted(longest, key=lambda stall: stall.from_s):
        at, length = say.duration(stall.from_s, 1), say.duration(stall.to_s - stall.from_s)
        line = say("stall", at=at, length=length, worker=plain(info.workers[stall.worker]))
        yield from wrap(line, WIDTH, "    ", "      ")


def _limits_met(samples: Samples) -> Iterator[str]:
    """What the limits of this machine are, and what to do about each, as the rows say."""
    codes = samples["error"][samples.of_kind(ErrorKind.LOCAL_LIMIT) & (samples["phase"] != Phase.OUTSIDE)]
    for text in dict.fromkeys(samples.texts[code] for code in codes[codes >= 0][:MOST_LOOKED_AT].tolist()):
        yield from wrap(plain(text), WIDTH, "    ", "      ")


def _sheds(say: Messages, values: Mapping[str, float]) -> str:
    return say("finding.sheds", shed=values["shed"], requests=values["requests"], share=say.share(values["share"]))


def _empty_texts(say: Messages, values: Mapping[str, float]) -> str:
    return say("finding.empty_texts", texts=values["texts"])


def _drift(say: Messages, values: Mapping[str, float]) -> str:
    return say(
        "finding.drift_up" if values["ratio"] > 1 else "finding.drift_down",
        first_third_median=say.seconds(values["first_third_median_s"]),
        last_third_median=say.seconds(values["last_third_median_s"]),
        change=f"{values['ratio'] - 1:+.0%}",
    )


def _cold_leftovers(say: Messages, values: Mapping[str, float]) -> str:
    early, late = say.seconds(values["early_median_s"]), say.seconds(values["late_median_s"])
    return say("finding.cold_leftovers", early_median=early, late_median=late)


def _first_wave(say: Messages, values: Mapping[str, float]) -> str:
    return say(
        "finding.first_wave_slow" if values["ratio"] > 1 else "finding.first_wave_fast",
        requests=values["requests"],
        first_mean=say.seconds(values["first_mean_s"]),
        rest_mean=say.seconds(values["rest_mean_s"]),
    )


def _tail(say: Messages, values: Mapping[str, float]) -> str:
    return say(
        "finding.tail",
        drain=say.duration(values["drain_s"]),
        steady=say.rate(values["steady_rps"]),
        throughput=say.rate(values["throughput_rps"]),
    )


def _failing_fast(say: Messages, values: Mapping[str, float]) -> str:
    return say(
        "finding.failing_fast",
        failed=values["failed"],
        requests=values["requests"],
        failed_median=say.seconds(values["failed_median_s"]),
        ok_median=say.seconds(values["ok_median_s"]),
    )


def _starved(say: Messages, values: Mapping[str, float]) -> str:
    return say(
        "finding.starved",
        starved=values["starved"],
        connections=values["connections"],
        waited=say.seconds(values["waited_s"]),
        usual=say.seconds(values["usual_s"]),
    )


def _misheard(say: Messages, values: Mapping[str, float]) -> str:
    return say(
        "finding.misheard",
        differing=values["differing"],
        answers=values["answers"],
        told=say.seconds(values["told_mean_s"]),
        sent=say.seconds(values["sent_mean_s"]),
    )


def _out_of_range(say: Messages, values: Mapping[str, float]) -> str:
    fields = ", ".join(name for name in values if name not in ("said", "answers"))
    return say("finding.out_of_range", said=values["said"], answers=values["answers"], fields=fields)


def _json_for_text(say: Messages, values: Mapping[str, float]) -> str:
    return say("finding.json_for_text", in_json=values["in_json"], answers=values["answers"])


def _not_streamed(say: Messages, values: Mapping[str, float]) -> str:
    return say("finding.not_streamed", answers=values["answers"])


SENTENCES: Mapping[str, Callable[[Messages, Mapping[str, float]], str]] = {
    "sheds": _sheds,
    "failing_fast": _failing_fast,
    "empty_texts": _empty_texts,
    "starved": _starved,
    "misheard": _misheard,
    "out_of_range": _out_of_range,
    "json_for_text": _json_for_text,
    "not_streamed": _not_streamed,
    "drift": _drift,
    "cold_leftovers": _cold_leftovers,
    "first_wave": _first_wave,
    "tail": _tail,
}
