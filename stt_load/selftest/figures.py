"""The reported figures beside the true ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stt_load.selftest.bench import Outcome, TrialError
from stt_load.selftest.cases import Trial
from stt_load.selftest.figure import EARLY_S, LATE_S, Figure, late
from stt_load.selftest.prediction import QUANTILES, STATISTICS, Request, nearest_rank, requests
from stt_load.selftest.rates import load, rates
from stt_load.selftest.words import JUDGED_WORDS, scores

FEWEST_WRONG = 10
"""Answers, for their errors to have an interval."""
MISSED = 0.1
"""Of planted flaws, at most: with so few words misheard hardly one in a hundred is."""
DECIMALS = 6
"""Of what is reported."""


def figures(trial: Trial, outcome: Outcome) -> list[Figure]:
    """Every figure of the result that has a truth; `TrialError` where the server has seen too little for one."""
    seen = requests(outcome.result, outcome.truths, trial.case.server.slots)
    # No measured request may start before the last warm-up request ended: those that came first are the warm-up.
    warm, measured = seen[: trial.case.warmup], seen[trial.case.warmup :]
    if sum(one.kind is None for one in measured) < 2:
        raise TrialError(f"{trial.name}: the server has answered fewer than two measured requests")
    reported = outcome.result["metrics"]
    # A standstill of the generator makes no figure wrong: what it met counts as it is told.
    measured = [one.left_out(LATE_S) or one for one in measured]
    return [
        *_counts(trial, outcome.result, warm, measured),
        *_each(measured),
        *_latencies("response_time_s", reported["response_time_s"], [one.response_s for one in measured if one.ok]),
        *_of_all(reported["all"]["response_time_s"], measured),
        *_latencies("service_time_s", reported["service_time_s"], [one.service_s for one in measured if one.ok]),
        *_rtf(reported["rtf"], measured),
        *_fit(trial, reported["service_time_fit"], measured),
        *_answers(trial, reported, [one for one in measured if one.kind is None]),
        *_accuracy(reported["accuracy"], [one for one in measured if one.kind is None]),
        Figure("stability.n", "", 0, reported["stability"]["n"]),  # none of these runs says a clip again
        *_round_trip(trial, reported["round_trip_s"], seen),
        *rates(trial, reported, measured),
        *load(trial, reported, measured),
        *_warmup(outcome.result["warmup"], warm),
    ]


def errors_s(trial: Trial, outcome: Outcome) -> list[float]:
    """How much later than it must have been each measured answer was reported, in seconds."""
    seen = requests(outcome.result, outcome.truths, trial.case.server.slots)
    return [one.error_s for one in seen[trial.case.warmup :]]


def _counts(
    trial: Trial, result: Mapping[str, Any], warm: Sequence[Request], measured: Sequence[Request]
) -> Iterator[Figure]:
    metrics = result["metrics"]
    failed = sum(one.kind is not None for one in measured)
    shed = sum(one.kind == "shed" for one in measured)
    yield Figure("worker processes", "", max(1, trial.subject.workers), len(result["run"]["workers"]))
    yield Figure("requests in all", "", trial.case.load["total_requests"], len(warm) + len(measured))
    yield Figure("requests.total", "", len(measured), metrics["requests"]["total"])
    yield Figure("requests.succeeded", "", len(measured) - failed, metrics["requests"]["succeeded"])
    yield Figure("requests.failed", "", failed, metrics["requests"]["failed"])
    yield Figure("requests.unfinished", "", 0, metrics["requests"]["unfinished"])  # every trial goes to its end
    yield from _failures("failures", metrics["failures"], measured)
    yield Figure("error_rate", "", round(failed / len(measured), DECIMALS), metrics["error_rate"])
    yield Figure("shed_rate", "", round(shed / len(measured), DECIMALS), metrics["shed_rate"])
    yield Figure("upload_bytes", "bytes", sum(one.upload_bytes for one in measured), metrics["upload_bytes"])
    yield Figure("download_bytes", "bytes", sum(one.download_bytes for one in measured), metrics["download_bytes"])
    yield Figure("empty_texts", "", 0, metrics["empty_texts"])  # the embedded server always has something to say
    cold = [one for one in (*warm, *measured) if one.cold]
    in_figures = sum(one.reported is not None and one.reported["phase"] == "measured" for one in cold)
    yield Figure("cold requests in the figures", "", 0, in_figures)


def _failures(name: str, reported: Mapping[str, int], seen: Sequence[Request]) -> Iterator[Figure]:
    kinds = Counter(one.kind for one in seen if one.kind is not None)
    for kind in sorted(kinds.keys() | reported.keys()):
        yield Figure(f"{name}.{kind}", "", kinds[kind], reported.get(kind, 0))


def _each(measured: Sequence[Request]) -> Iterator[Figure]:
    """The requests that were furthest from the truth, on either side, and how many had the outcome that they had."""
    for name, chosen in (("latest", max), ("earliest", min)):
        worst = chosen(measured, key=lambda one: one.error_s)
        told = None if worst.reported is None else worst.reported["response_time_s"]
        yield late(f"each request, the {name}", worst.response_s, told)
    told = [(one, one.reported) for one in measured if one.reported is not None]
    right = sum(row["error_kind"] == one.kind for one, row in told)
    yield Figure("each request, its outcome", "", len(measured), right)
    ok = [(one, row) for one, row in told if one.kind is None]
    right = sum(math.isclose(row["audio_s"], one.audio_s, rel_tol=1e-6, abs_tol=1e-6) for one, row in ok)
    yield Figure("each request, its audio", "", len(ok), right)


def _latencies(name: str, reported: Mapping[str, Any], values: Sequence[float]) -> Iterator[Figure]:
    yield Figure(f"{name}.n", "", len(values), reported["n"])
    yield from _distribution(name, values, reported)


def _of_all(reported: Mapping[str, Any], measured: Sequence[Request]) -> Iterator[Figure]:
    """Over every request, a failed one slower than all answers: quantiles that fall on one are told to be beyond."""
    name = "all.response_time_s"
    values = [one.response_s if one.kind is None else math.inf for one in measured]
    yield Figure(f"{name}.n", "", len(values), reported["n"])
    yield Figure(f"{name}.at_least", "", 0, len(reported["at_least"]))
    for quantile, p in QUANTILES.items():
        truth, told = nearest_rank(values, p), reported[quantile]
        if math.isinf(truth):
            yield Figure(f"{name}.{quantile}, beyond", "", True, told is None)
        else:
            yield late(f"{name}.{quantile}", truth, told)


def _distribution(name: str, values: Sequence[float], reported: Mapping[str, Any]) -> Iterator[Figure]:
    for statistic, of in STATISTICS.items():
        yield late(f"{name}.{statistic}", of(values), reported[statistic])
    mean_s = STATISTICS["mean"](values)
    stdev_s = math.sqrt(math.fsum((value - mean_s) ** 2 for value in values) / (len(values) - 1))
    yield Figure(f"{name}.stdev", "s", stdev_s, reported["stdev"], -LATE_S, LATE_S)


def _rtf(reported: Mapping[str, Any], measured: Sequence[Request]) -> Iterator[Figure]:
    ok = [one for one in measured if one.kind is None]
    each, shortest_s = [one.service_s / one.audio_s for one in ok], min(one.audio_s for one in ok)
    truths = {name: STATISTICS[name](each) for name in ("median", "p95")}
    truths["overall"] = math.fsum(one.service_s for one in ok) / math.fsum(one.audio_s for one in ok)
    for name, truth in truths.items():
        yield Figure(f"rtf.{name}", "", truth, reported[name], -EARLY_S / shortest_s, LATE_S / shortest_s)


def _fit(trial: Trial, reported: Mapping[str, Any], measured: Sequence[Request]) -> Iterator[Figure]:
    """Of clips of one length there is no formula: only of what it would be is told."""
    yield Figure("service_time_fit.n", "", sum(one.kind is None for one in measured), reported["n"])
    yield Figure("service_time_fit.one_user", "", trial.case.load["concurrent_requests"] == 1, reported["one_user"])


def _answers(trial: Trial, reported: Mapping[str, Any], ok: Sequence[Request]) -> Iterator[Figure]:
    """When text came, and how many had to wait for a connection: on loopback that takes no time to speak of."""
    streamed = [one for one in ok if trial.case.load["api"].get("stream")]
    yield Figure("ttft_s.n", "", len(streamed), reported["ttft_s"]["n"])
    if streamed:
        yield from _distribution("ttft_s", [one.ttft_s for one in streamed], reported["ttft_s"])
        told, gap_s = reported["delta_gap_s"], trial.case.server.delta_gap_s
        mean_s = math.fsum(one.gaps_s for one in streamed) / sum(one.gaps for one in streamed)
        # A piece that is read late makes one gap longer and the next one shorter.
        for name, truth in (("mean_s", mean_s), ("p95_s", gap_s), ("max_s", gap_s)):
            yield Figure(f"delta_gap_s.{name}", "s", truth, told[name], -LATE_S, LATE_S)
    opened, told = [one for one in ok if one.opens], reported["connect_s"]
    # In an open loop a connection may be there before its first request, and nobody knows of how many.
    yield Figure("connect_s.n", "", len(opened), told["n"], -len(opened) if trial.case.is_open else 0, 0)
    if opened:
        for statistic in (*STATISTICS, "stdev"):
            if told[statistic] is not None:
                yield late(f"connect_s.{statistic}", 0.0, told[statistic])
    for name in ("processing_time_s", "outside_time_s"):  # of which the embedded server does not speak
        yield Figure(f"{name}.n", "", 0, reported[name]["n"])


def _accuracy(reported: Mapping[str, Any], ok: Sequence[Request]) -> Iterator[Figure]:
    """What was answered against what was heard, exactly; which edit is which, within what is a matter of choice."""
    told = [(one.said, one.answered or "") for one in ok if one.said is not None]
    true = scores(told)
    yield Figure("accuracy.n", "", true.answers, reported["n"])
    if not told:
        return
    wer, name = round(true.edits.all / true.words, DECIMALS), "accuracy"
    yield Figure(f"{name}.wer", "", wer, reported["wer"])
    yield Figure(f"{name}.cer", "", round(true.character_edits / true.characters, DECIMALS), reported["cer"])
    for rate in ("wer", "cer"):
        interval, value = reported[f"{rate}_interval"], reported[rate]
        if true.wrong < FEWEST_WRONG:
            yield Figure(f"{name}.{rate}_interval, none", "", True, interval is None)
        else:
            yield Figure(f"{name}.{rate}_interval.low", "", value, (interval or {}).get("low"), -value, 0.0)
            yield Figure(f"{name}.{rate}_interval.high", "", value, (interval or {}).get("high"), 0.0, 1.0)
    for counted, truth in (
        ("words", true.words),
        ("judged", true.judged),
        ("characters", true.characters),
        ("character_edits", true.character_edits),
    ):
        yield Figure(f"{name}.{counted}", "", truth, reported[counted])
    substituted, left = true.edits.most_substitutions, true.edits.all - true.edits.most_substitutions
    choice = true.edits.most_substitutions - true.edits.fewest_substitutions
    yield Figure(f"{name}.substitutions", "", substituted, reported["substitutions"], -choice, 0)
    yield Figure(f"{name}.deletions", "", (left - true.longer) // 2, reported["deletions"], 0, choice / 2)
    yield Figure(f"{name}.insertions", "", (left + true.longer) // 2, reported["insertions"], 0, choice / 2)
    yield from _flaws(reported, ok)


def _flaws(reported: Mapping[str, Any], ok: Sequence[Request]) -> Iterator[Figure]:
    """None is found that was not planted; of those planted in clips that are long enough, hardly one is missed. An
    answer that two requests have got is one or the other of the first two."""
    planted = Counter(one.wrong for one in ok if one.said and len(one.said.split()) >= JUDGED_WORDS)
    found = {"swapped or repeated": reported["swapped"] + reported["repeated"]}
    found |= {flaw: reported[flaw] for flaw in ("truncated", "looping")}
    for flaw, count in found.items():
        truth = planted[flaw.partition(" ")[0]]
        yield Figure(f"accuracy.{flaw}", "", truth, count, -math.ceil(MISSED * truth), 0)


def _round_trip(trial: Trial, reported: Mapping[str, Any], seen: Sequence[Request]) -> Iterator[Figure]:
    """Over all connections of the run, the warm-up's and those of failed requests, too; on loopback, as above."""
    opened = sum(one.opens for one in seen)
    yield Figure("round_trip_s.n", "", opened, reported["n"], trial.case.warmup - opened if trial.case.is_open else 0)
    yield late("round_trip_s.median", 0.0, reported["median"])
    yield late("round_trip_s.min", 0.0, reported["min"])


def _warmup(reported: Mapping[str, Any], warm: Sequence[Request]) -> Iterator[Figure]:
    ok = [one for one in warm if one.kind is None]
    first_s = min(one.sent_s for one in warm)
    yield Figure("warmup.requests", "", len(warm), reported["requests"])
    yield Figure("warmup.succeeded", "", len(ok), reported["succeeded"])
    yield Figure("warmup.failed", "", len(warm) - len(ok), reported["failed"])
    yield Figure("warmup.unfinished", "", 0, reported["unfinished"])
    yield from _failures("warmup.failures", reported["failures"], warm)
    yield late("warmup.duration_s", max(one.done_s for one in warm) - first_s, reported["duration_s"])
    if ok:
        yield late("warmup.mean_s", STATISTICS["mean"]([one.response_s for one in ok]), reported["mean_s"])
        yield late("warmup.first_success_s", min(one.done_s for one in ok) - first_s, reported["first_success_s"])
