"""The answer of a search in one sentence: its numbers follow from each other, and from the rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.report.answer import level_at, not_monotone, sentence, with_sentence
from stt_load.report.at_load import at_load
from stt_load.report.messages import Language, Messages
from stt_load.samples.levels import Axis, Confirmed, Limited
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import KINDS
from stt_load.stats.level_rate import done_rps
from stt_load.storage.levels_record import LevelsRecord
from tests.report.searches import LIMIT, RARE, closed, found, opened, record_of, tried

SAY, KO = Messages("en"), Messages("ko")
N = r"([\d.,]+)"
BY_AXIS = {
    "users": rf"carries (?:at least )?{N} requests? in flight \({N} requests/s, {N} s each, {N} s of audio a second",
    "paused": rf"carries (?:at least )?{N} requests? in flight \({N} in flight at a time, {N} requests/s, "
    rf"{N} s each, {N} s of audio a second",
    "rate": rf"carries (?:at least )?{N} requests/s \({N} in flight, {N} s each, {N} s of audio a second",
    "audio_rate": rf"carries (?:at least )?{N} s of audio a second \({N} in flight, {N} requests/s, {N} s each",
}
PEOPLE = rf": as much as {N} people speaking, {N} audio-hours a minute"
ROUNDED = 0.011
"""What three digits can make of two factors."""


def said_of(record: LevelsRecord, say: Messages = SAY) -> str:
    said = sentence(say, record)
    assert said is not None
    return said


def numbers(said: str, kind: str) -> list[float]:
    match = re.match(BY_AXIS[kind] + PEOPLE, said)
    assert match, said
    return [float(one.replace(",", "")) for one in match.groups()]


def test_of_a_sweep_there_is_no_answer() -> None:
    sweep = record_of(tried(0, 4, "measured", "sweep"))
    assert sentence(SAY, sweep) is None
    assert with_sentence(sweep) is sweep


def test_an_answer_with_both_ends() -> None:
    slow = closed(6, slots=1, n=400)
    record = record_of(tried(0, 4, samples=closed(4, n=400)), tried(1, 6, "fail", samples=slow), capacity=found())
    seen = {number: record.levels[number].run.summary.slo[0].observed for number in (0, 1)}
    assert said_of(record).endswith(
        f" at {LIMIT} ({seen[0]:.3f} s), {RARE} (0.00%), n = 400, confirmed, to within 10%; at 6 it does not "
        f"({seen[1]:.3f} s, n = 400, confirmed; binding: {LIMIT}); between, it can't tell; "
        "a slope: the figure grows about as the load does"
    )
    written = with_sentence(record).capacity
    assert written is not None
    assert written.sentence == said_of(record)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("axis", ["users", "rate", "audio_rate"])
def test_little_s_law_holds_between_the_numbers_of_every_sentence(axis: Axis, seed: int) -> None:
    draw = np.random.default_rng(seed)
    slots, n = int(draw.integers(1, 40)), int(draw.integers(60, 1_500))
    if axis == "users":
        value = float(draw.integers(1, 60))
        rows = closed(int(value), n=n, slots=slots, seed=seed)
    else:
        rate = float(draw.uniform(0.05, 2.2)) * slots
        rows = opened(rate, n=n, slots=slots, seed=seed)
        value = rate if axis == "rate" else rate * 10.0
    record = record_of(tried(0, value, axis=axis, samples=rows), capacity=found(value, None, axis=axis))
    measured = rows.phase(Phase.MEASURED)
    clip_s, mean_s = float(measured.seconds("audio_s").mean()), float(measured.response_s.mean())
    for say in (SAY, KO):
        assert said_of(record, say)
    got = numbers(said_of(record), axis)
    if axis == "users":
        in_flight, rate, each_s, audio, people, hours = got
        assert in_flight == value
    elif axis == "rate":
        rate, in_flight, each_s, audio, people, hours = got
        assert rate == pytest.approx(value, rel=1e-3)
    else:
        audio, in_flight, rate, each_s, people, hours = got
        assert audio == pytest.approx(value, rel=1e-3)
    assert in_flight == pytest.approx(rate * each_s, rel=ROUNDED)
    assert audio == pytest.approx(rate * clip_s, rel=ROUNDED)
    assert people == pytest.approx(audio, rel=ROUNDED)
    assert hours == pytest.approx(audio / 60, rel=ROUNDED)
    assert each_s == pytest.approx(mean_s, abs=6e-4)


@pytest.mark.parametrize("users", [1, 4, 12, 36])
def test_the_rate_of_a_sentence_is_the_one_that_was_seen(users: int) -> None:
    rows = closed(users, n=40 * users, slots=8)
    record = record_of(tried(0, users, samples=rows), capacity=found(users, None))
    assert numbers(said_of(record), "users")[1] == pytest.approx(done_rps(rows), rel=0.05)


def test_users_who_pause_are_not_all_in_flight() -> None:
    rows = closed(12, n=400, slots=12, pause_s=1.0)
    record = record_of(tried(0, 12, samples=rows), capacity=found(12.0, None))
    users, in_flight, rate, each_s, _, _, _ = numbers(said_of(record), "paused")
    assert users == 12
    assert in_flight == pytest.approx(rate * each_s, rel=ROUNDED)
    assert in_flight < 6
    assert rate == pytest.approx(done_rps(rows), rel=0.05)


def test_where_the_generator_takes_its_time_fewer_are_in_flight_than_users() -> None:
    rows = closed(12, n=400, slots=12, pause_s=0.2)
    rows.rows["pause_s"] = 0.0  # nobody asked for a pause
    busy = at_load(tried(0, 12, samples=rows))
    assert busy is not None
    assert busy.rate_rps == pytest.approx(done_rps(rows), rel=0.05)
    assert busy.in_flight < 9


def test_audio_is_that_of_what_was_answered() -> None:
    rows = closed(4, n=200, fail=100)
    record = record_of(tried(0, 4, samples=rows), capacity=found(4.0, None))
    _, rate, _, audio, _, _ = numbers(said_of(record), "users")
    ok = rows.phase(Phase.MEASURED)
    clip_s = float(ok.where(ok.ok).seconds("audio_s").mean())
    assert audio == pytest.approx(rate / 2 * clip_s, rel=ROUNDED)


@pytest.mark.parametrize(
    ("capacity", "says"),
    [
        (found(sure=False), ["screened only; at 6 it does not", "screened only; binding"]),
        (found(confirmed=Confirmed(True, False)), ["confirmed, to within 10%; at 6", "screened only; binding"]),
        (found(4.0, 5.0), ["binding: " + LIMIT + "); a slope"]),
        (found(boundary="cliff"), ["a cliff: the figure grows by more than twice"]),
        (found(None, 4.0), ["carries not even its first level; at 4 requests in flight it does not"]),
        (found(None, 1.0), ["at 1 request in flight it does not"]),
        (found(None, None), ["can't tell: no level was known well enough"]),
        (found(None, None, limited="generator"), ["can't tell: this generator was in doubt before"]),
        (found(4.0, None), ["carries at least 4 requests in flight"]),
        (found(99.0, None), ["carries at least 99 requests in flight (confirmed)"]),
    ],
)
def test_what_is_known_of_each_end(capacity: Any, says: list[str]) -> None:
    record = record_of(tried(0, 4), tried(1, 6, "fail"), capacity=capacity)
    for part in says:
        assert part in said_of(record)
    assert ("to within" in said_of(record)) == (
        capacity.confirmed.carries and level_at(record, capacity.carries, "pass") is not None
    )
    assert ("between" in said_of(record)) == (capacity.carries == 4.0 and capacity.fails_at == 6.0)


@pytest.mark.parametrize("limited", ["generator", "max_time", "max_requests", "to", "interrupted", "broken", "gone"])
def test_what_kept_it_from_more_is_said(limited: Limited) -> None:
    record = record_of(tried(0, 4), capacity=found(4.0, None, limited=limited))
    for say in (SAY, KO):
        assert said_of(record, say).endswith("; " + say(f"answer.limited_{limited}"))
        assert say("answer.at_least", load="").split()[0] in said_of(record, say)


@pytest.mark.parametrize(("language", "said"), [("en", "arrivals dropped: 2)"), ("ko", "버려진 도착 2건)")])
def test_where_dropped_arrivals_fail_a_level_they_are_named(language: Language, said: str) -> None:
    samples = opened(14.0)
    samples.rows["error_kind"][[100, 140]] = KINDS.index(ErrorKind.DROPPED) + 1
    record = record_of(
        tried(0, 8, axis="rate"),
        tried(1, 14, "fail", axis="rate", samples=samples),
        capacity=found(8.0, 14.0, axis="rate", binding=None),
    )
    assert said in said_of(record, Messages(language))


def test_a_limit_on_wer_that_binds_is_named_and_the_rest_is_counted() -> None:
    config = Config.model_validate({"slo": [LIMIT, RARE, "wer < 10%", "p99(response_time_s) < 9"]})
    record = record_of(tried(0, 4, config=config), capacity=found(4.0, None, binding="wer < 10%"))
    assert f" at wer < 10% (n/a), {LIMIT} (" in said_of(record)
    assert " and 1 more, n = 200" in said_of(record)


def test_the_level_of_an_end_is_the_longest_tested_one_with_that_outcome() -> None:
    levels = [tried(0, 4, "open", "screen"), tried(1, 4, "pass", "screen"), tried(2, 4, "fail"), tried(3, 4, "pass")]
    levels.append(tried(4, 4, axis="rate"))
    record = record_of(*levels, capacity=found())
    assert level_at(record, 4.0, "pass") is levels[3]
    assert level_at(record, 4.0, "fail") is levels[2]
    assert level_at(record, 5.0, "pass") is None


def test_what_is_not_monotone_is_said_with_the_two_loads() -> None:
    levels = (tried(0, 2, "fail"), tried(1, 3, "fail"), tried(2, 4), tried(3, 6, "fail"))
    record = record_of(*levels, capacity=found(monotone=False))
    assert not_monotone(record) == (4, 3)
    assert "not monotone: 4 was carried, and 3 was not" in said_of(record)
    assert not_monotone(record_of(*levels[2:], capacity=found())) is None
    assert "monotone" not in said_of(record_of(*levels, capacity=found()))


def test_the_price_of_an_audio_hour() -> None:
    level = tried(0, 4)
    record = record_of(level, capacity=found(4.0, None))
    audio = numbers(said_of(record), "users")[3]
    assert "costs" not in said_of(record)
    for cost, price in (({"per_audio_minute": 0.006}, 0.36), ({"per_hour": 100.0}, 100.0 / audio)):
        record.config["cost"] = {"per_hour": None, "per_audio_minute": None} | cost
        match = re.search(rf"an hour of audio costs {N}$", said_of(record))
        assert match
        assert float(match[1]) == pytest.approx(price, rel=0.02)


def test_a_coarse_answer_is_not_within_a_tenth() -> None:
    assert "to within" in said_of(record_of(tried(0, 4), tried(1, 8, "fail"), capacity=found(4.0, 8.0)))
    coarse = found(4.0, 8.0, mode="coarse", resolution=1.0)
    assert "to within" not in said_of(record_of(tried(0, 4), tried(1, 8, "fail"), capacity=coarse))
