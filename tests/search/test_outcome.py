"""What came of a level when it is over."""

from __future__ import annotations

from dataclasses import replace

from stt_load.samples.levels import Judged, Trial
from stt_load.search.outcome import binding_of, in_doubt, leans, outcome_of, service_held_all
from stt_load.slo.parse import parse
from tests.factory import AT_A_RATE
from tests.search.trying import P95, SLOS, doubted, summary, tried

TRIAL = Trial(axis="users", value=4, tier="confirm")
PASSED = Judged("pass", P95, 60, "pass")
MEAN = "mean(response_time_s) < 0.5"


def test_it_is_what_the_test_says() -> None:
    assert outcome_of(TRIAL, PASSED, summary(), SLOS) == "pass"
    assert outcome_of(TRIAL, replace(PASSED, outcome="open"), summary(), SLOS) == "open"
    assert outcome_of(TRIAL, None, summary(), SLOS) == "open"


def test_a_sweep_s_is_measured() -> None:
    assert outcome_of(replace(TRIAL, tier="sweep"), None, summary(), SLOS) == "measured"


def test_what_no_request_tells_of_is_judged_at_the_end() -> None:
    slos = (*SLOS, parse(MEAN))
    found = summary(1.0, slos=slos)
    assert outcome_of(TRIAL, PASSED, found, slos) == "fail"
    assert binding_of(replace(tried(4, "fail", found=found), judged=PASSED), slos) == MEAN
    assert outcome_of(TRIAL, PASSED, summary(0.4, slos=slos), slos) == "pass"


def test_a_level_that_was_cut_short_is_held_against_no_limit_of_all_its_requests() -> None:
    slos = (*SLOS, parse(MEAN))
    found = summary(1.0, n=2, slos=slos)
    assert [one.verdict for one in found.slo if one.expression == MEAN] == ["missed"]
    assert outcome_of(TRIAL, None, found, slos) == "open"


def test_arrivals_that_were_dropped_as_the_service_held_all_slots_fail_it() -> None:
    found = summary(dropped=2, load=AT_A_RATE)
    assert service_held_all(found)
    assert in_doubt(found) == ()
    assert outcome_of(replace(TRIAL, axis="rate"), PASSED, found, SLOS) == "fail"


def test_no_limit_binds_where_dropped_arrivals_fail_a_level() -> None:
    found = summary(dropped=2, load=AT_A_RATE)
    one = tried(4, "fail", found=found)
    assert binding_of(replace(one, judged=PASSED), SLOS) is None
    assert binding_of(replace(one, judged=None), SLOS) is None
    assert binding_of(one, SLOS) == P95, "its test failed as well"


def test_arrivals_that_a_busy_generator_dropped_are_its_own_fault() -> None:
    found = doubted(summary(dropped=2, load=AT_A_RATE))
    assert not service_held_all(found)
    assert {"cpu", "dropped"} <= set(in_doubt(found))
    assert outcome_of(replace(TRIAL, axis="rate"), PASSED, found, SLOS) == "pass"


def test_every_check_but_that_of_samples_is_a_doubt() -> None:
    assert in_doubt(summary()) == ()
    assert in_doubt(doubted(summary(), "slo_samples")) == ()
    assert in_doubt(doubted(summary(), "load_changed")) == ("load_changed",)


def test_an_open_level_leans_to_what_was_seen() -> None:
    assert leans(tried(4, "open", leans="pass"))
    assert not leans(tried(4, "open", leans="fail"))
    slow = summary(3.0)
    assert not leans(replace(tried(4, "open", leans="pass", found=slow)))
    assert leans(replace(tried(4, "open"), judged=None))
    assert not leans(replace(tried(4, "open", found=slow), judged=None))
