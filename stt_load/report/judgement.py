"""What the console says about the service, and about the measurement itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from stt_load.report.messages import Messages
from stt_load.report.opening import WIDTH
from stt_load.report.width import wrap
from stt_load.stats.model import Check, Finding, Validity

COUNTS = ("load_changed", "listener_errors")
"""Checks whose value is a number of events; the others' are shares."""


def findings(say: Messages, found: tuple[Finding, ...]) -> Iterator[str]:
    """A block with a sentence for each finding that the counts don't tell already."""
    told = [SENTENCES[one.name](say, one.values) for one in found if one.name in SENTENCES]
    if not told:
        return
    yield ""
    yield say("findings.heading")
    for sentence in told:
        yield from wrap(sentence, WIDTH, "  - ", "    ")


def verdict(say: Messages, validity: Validity) -> Iterator[str]:
    """Whether the figures can be believed, and why not."""
    if validity.verdict is None:
        yield say("verdict.nothing")
        return
    yield say(f"verdict.{validity.verdict}")
    for check in validity.checks:
        if check.verdict not in (None, "VALID"):
            yield from wrap(_trouble(say, check), WIDTH, "  - ", "    ")
    unchecked = [say(f"check.{check.name}") for check in validity.checks if check.verdict is None]
    if unchecked:
        yield from wrap(say("verdict.unchecked", names=", ".join(unchecked)), WIDTH, "  ", "  ")


def _trouble(say: Messages, check: Check) -> str:
    if check.name in COUNTS:
        return say(f"trouble.{check.name}", value=round(check.value or 0))
    limit = check.invalid_above if check.verdict == "INVALID" else check.degraded_above
    return say(f"trouble.{check.name}", value=say.share(check.value), limit=say.share(limit))


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


def _not_streamed(say: Messages, values: Mapping[str, float]) -> str:
    return say("finding.not_streamed", answers=values["answers"])


SENTENCES: Mapping[str, Callable[[Messages, Mapping[str, float]], str]] = {
    "sheds": _sheds,
    "failing_fast": _failing_fast,
    "empty_texts": _empty_texts,
    "starved": _starved,
    "misheard": _misheard,
    "out_of_range": _out_of_range,
    "not_streamed": _not_streamed,
    "drift": _drift,
    "cold_leftovers": _cold_leftovers,
    "first_wave": _first_wave,
    "tail": _tail,
}
