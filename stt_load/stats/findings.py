"""What the server did that the reader of the figures should know. None of it makes the measurement less true."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from stt_load.samples.fields import TOLD
from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import BoolArray, FloatArray, Samples, absent
from stt_load.stats.accuracy import wrong_answers
from stt_load.stats.blocks import Stability
from stt_load.stats.model import Finding, Saturation
from stt_load.stats.quantiles import batches, quantile
from stt_load.stats.ranks import dependence, rank_sum_z, trend_p, upper_tail
from stt_load.stats.rates import rates
from stt_load.stats.saturation import over_saturated
from stt_load.stats.stability import UNKNOWN, unstable
from stt_load.stats.stages import staged
from stt_load.stats.starvation import starved

SIGNIFICANT_P = 0.001
DRIFT = 0.10
DRIFT_BATCHES = 20
FEWEST_DRIFT_BATCHES = 10
COLD_RATIO = 1.25
COLD_SHARE = 0.05
FIRST_WAVE = 0.10
TAIL = 0.05
SHORTEST_TAIL_S = 0.1
FAILING = 0.10
FAST = 0.2
LENGTH_S = 0.1
LENGTH = 0.01
AT_ONCE_S = 0.001
NOT_THE_SERVERS = (ErrorKind.LOST, ErrorKind.DROPPED)


def findings(
    measured: Samples,
    users: int,
    heard_alike: Stability = UNKNOWN,
    load: Load | None = None,
    overruns: Iterable[tuple[Saturation | None, float | None]] = (),
) -> tuple[Finding, ...]:
    """What there is to say about `measured` (in start order), sent by `users` users: worst first. heard_alike: how
    clips were heard that were said again. load: what was asked for, None for a closed loop. overruns: whether the
    service kept up with an open one, and the rate that it was offered; of stages, with each.

    Latencies are those of the ok ones. A wave is `users` requests: about one of each user. Where chance could have
    made it, a finding takes an effect and a test with p < 0.001. Latencies of different times are compared only if
    the load stayed the same: otherwise it is the load that differs, and `levels` tell how. What grows as a service
    does not keep up needs no other name. In an open loop failures set no pace; and connections that only a rush takes
    into use have met nothing but queues, so that none of them is starved.
    """
    is_open = isinstance(load, OpenLoop)
    overrun = [over_saturated(one, offered_rps) for one, offered_rps in overruns]
    found = [_share("failures", "failed", measured, measured.failed)]
    found += [_share("sheds", "shed", measured, measured.of_kind(ErrorKind.SHED))]
    found += [*overrun, None if is_open else _failing_fast(measured)]
    found += [
        _empty_texts(measured),
        *wrong_answers(measured),
        *unstable(heard_alike),
        None if is_open else starved(measured),
        _misheard(measured),
        _out_of_range(measured),
    ]
    found += [_json_for_text(measured), _not_streamed(measured)]
    if len(measured) and _steady(measured, load) and not any(overrun):
        found += [_drift(measured, users), _cold_leftovers(measured, users), _first_wave(measured, users)]
    found.append(None if load is not None and staged(load) else _tail(measured, users))
    return tuple(finding for finding in found if finding is not None)


def _steady(measured: Samples, load: Load | None) -> bool:
    """Whether all of `measured` had the same load."""
    if load is not None and (staged(load) or (isinstance(load, OpenLoop) and load.trace is not None)):
        return False
    return isinstance(load, OpenLoop) or not np.ptp(measured["users"])


def _share(name: str, noun: str, measured: Samples, chosen: BoolArray) -> Finding | None:
    """How many of those that the service answered or failed are `chosen`; what is unfinished says nothing of it."""
    count, requests = (int(np.count_nonzero(rows)) for rows in (chosen, ~measured.unfinished))
    return Finding(name, {noun: count, "requests": requests, "share": count / requests}) if count else None


def _empty_texts(measured: Samples) -> Finding | None:
    """Every answer was good and none had a word in it."""
    lengths = measured["text_length"][measured.ok]
    return Finding("empty_texts", {"texts": len(lengths)}) if len(lengths) and not np.any(lengths) else None


def _failing_fast(measured: Samples) -> Finding | None:
    """Users whose requests fail at once are back at once: then failures set the pace, and how many there were
    says nothing."""
    failed = measured.where(measured.failed & ~measured.of_kind(*NOT_THE_SERVERS))
    ok = measured.where(measured.ok)
    cycle_s, ok_cycle_s = (quantile(rows.response_s + rows["pause_s"], 0.5) for rows in (failed, ok))
    requests = int(np.count_nonzero(~measured.unfinished))
    share = len(failed) / max(1, requests)
    if share < FAILING or cycle_s is None or not ok_cycle_s or cycle_s > FAST * ok_cycle_s:
        return None
    figures = {"failed": len(failed), "requests": requests, "share": share}
    return Finding("failing_fast", figures | {"failed_median_s": cycle_s, "ok_median_s": ok_cycle_s})


def _misheard(measured: Samples) -> Finding | None:
    """The server counts another length of audio than was sent. Whole seconds may be rounded either way."""
    rows = measured.where(measured.ok & np.isfinite(measured["server_audio_s"]))
    told_s, sent_s = rows.seconds("server_audio_s"), rows.seconds("audio_s")
    tolerance_s = np.where(told_s == np.floor(told_s), 1.0, np.maximum(LENGTH_S, LENGTH * sent_s))
    differing = np.abs(told_s - sent_s) >= tolerance_s
    count = int(np.count_nonzero(differing))
    if not count:
        return None
    means = {"told_mean_s": float(np.mean(told_s[differing])), "sent_mean_s": float(np.mean(sent_s[differing]))}
    return Finding("misheard", {"differing": count, "answers": len(rows)} | means)


def _out_of_range(measured: Samples) -> Finding | None:
    """Answers said numbers that no row can hold. The figures: how many did, and how many of them in which field."""
    bits = measured["out_of_range"]
    if not np.any(bits):
        return None
    answers = np.count_nonzero((bits != 0) | ~absent(measured.rows, "status"))
    fields = {name: np.count_nonzero(bits >> place & 1) for place, name in enumerate(TOLD)}
    counts = {"said": np.count_nonzero(bits), "answers": answers} | {name: n for name, n in fields.items() if n}
    return Finding("out_of_range", {name: int(count) for name, count in counts.items()})


def _json_for_text(measured: Samples) -> Finding | None:
    """Plain text was asked for, and transcripts came in JSON."""
    rows = measured.where(measured.ok)
    count = int(np.count_nonzero(rows["json_for_text"]))
    return Finding("json_for_text", {"in_json": count, "answers": len(rows)}) if count else None


def _not_streamed(measured: Samples) -> Finding | None:
    """Streams were asked for, and every text came in one piece, right at the end."""
    rows = measured.where(measured.ok & np.isfinite(measured["first_text_s"]))
    if not len(rows) or np.any(rows["deltas"] != 1) or np.any(rows["done_s"] - rows["first_text_s"] > AT_ONCE_S):
        return None
    return Finding("not_streamed", {"answers": len(rows)})


def _drift(measured: Samples, users: int) -> Finding | None:
    """Latency rises or falls over the run: Kendall's test on the medians of 20 batches, and the thirds differ.

    Without the first wave, which has a finding of its own. A batch is at least a wave, so in a short run there are
    fewer batches, at least 10: smaller ones lie in the same stretch of the queue and follow each other up and down
    (simulated: 21% false alarms instead of 0.1% for 90 requests of 32 users).
    """
    values = _latencies(measured, users, len(measured))
    count = min(DRIFT_BATCHES, len(values) // max(1, users))
    if count < FEWEST_DRIFT_BATCHES:
        return None
    third = len(values) // 3
    first, last = quantile(values[:third], 0.5), quantile(values[-third:], 0.5)
    if not first or last is None or abs(last / first - 1) <= DRIFT:
        return None
    p = trend_p(np.median(batches(values, count), axis=1))
    figures = {"first_third_median_s": first, "last_third_median_s": last, "ratio": last / first, "p": p}
    return Finding("drift", figures) if p < SIGNIFICANT_P else None


def _cold_leftovers(measured: Samples, users: int) -> Finding | None:
    """The server was still warming up: after the first wave, requests were slower than in the second half.

    One-sided rank-sum test. Its z is made smaller by how much stretches as long as the early one depend on each other
    in the second half, where nothing is cold: in a queue they rank high or low together (simulated: 5 to 10% false
    alarms without, 0 to 1.5% with it). A run without room for five such stretches in its second half can't tell.
    """
    n = len(measured)
    early = _latencies(measured, users, users + max(users, math.ceil(COLD_SHARE * n)))
    late = _latencies(measured, n - n // 2, n)
    early_s, late_s = quantile(early, 0.5), quantile(late, 0.5)
    if early_s is None or not late_s or early_s / late_s <= COLD_RATIO:
        return None
    inflation = dependence(late, len(early))
    if inflation is None:
        return None
    p = upper_tail(rank_sum_z(early, late) / math.sqrt(inflation))
    figures = {"early_median_s": early_s, "late_median_s": late_s, "ratio": early_s / late_s, "requests": len(early)}
    return Finding("cold_leftovers", figures | {"p": p}) if p < SIGNIFICANT_P else None


def _first_wave(measured: Samples, users: int) -> Finding | None:
    """The first wave met an empty server, or a cold one."""
    first, rest = _latencies(measured, 0, users), _latencies(measured, users, len(measured))
    if not len(first) or not len(rest):
        return None
    first_s, rest_s = float(np.mean(first)), float(np.mean(rest))
    if rest_s <= 0 or abs(first_s / rest_s - 1) <= FIRST_WAVE:
        return None
    p = 2 * upper_tail(abs(rank_sum_z(first, rest)))
    figures = {"first_mean_s": first_s, "rest_mean_s": rest_s, "ratio": first_s / rest_s, "requests": len(first)}
    return Finding("first_wave", figures | {"p": p}) if p < SIGNIFICANT_P else None


def _tail(measured: Samples, users: int) -> Finding | None:
    """The last requests stretched the window: the rate over all of it is not the one at which the server worked.

    Where they were cut off it was not the server that took so long; and a moment is no tail.
    """
    found = rates(measured, users)
    overall, steady = found.throughput_rps, found.steady_rps
    if overall is None or not steady or found.drain_s is None or abs(overall / steady - 1) <= TAIL:
        return None
    if found.drain_s < SHORTEST_TAIL_S or np.any(measured.unfinished):
        return None
    return Finding("tail", {"throughput_rps": overall, "steady_rps": steady, "drain_s": found.drain_s})


def _latencies(measured: Samples, start: int, stop: int) -> FloatArray:
    """Response times of the ok ones among the requests number `start` to `stop` - 1."""
    part = Samples(measured.rows[start:stop], measured.texts)
    return part.response_s[part.ok]
