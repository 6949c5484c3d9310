"""What levels that were tried come to."""

from __future__ import annotations

from stt_load.search.bracket import Bracket, bracket, known
from stt_load.search.strategy import Tried
from tests.search.trying import doubted, summary, tried


def ends(*some: Tried) -> tuple[float | None, float | None, bool]:
    found: Bracket = bracket({one.trial.value: its for one in some if (its := known(one)) is not None})
    carries, fails_at = found.carries, found.fails_at
    low, high = (None if end is None else end.value for end in (carries, fails_at))
    return low, high, found.monotone


def test_a_long_test_counts_for_more_than_a_short_look() -> None:
    assert ends(tried(4, "pass", tier="confirm"), tried(6, "pass"), tried(8, "fail")) == (4, 8, True)
    assert ends(tried(4, "pass"), tried(6, "fail"), tried(8, "fail", tier="confirm")) == (4, 8, True)


def test_without_one_the_short_looks_are_the_ends() -> None:
    assert ends(tried(4, "pass"), tried(6, "open", leans="pass"), tried(8, "open", leans="fail")) == (6, 8, True)


def test_what_a_long_test_could_not_tell_is_no_end() -> None:
    open_ = tried(8, "open", tier="confirm", leans="fail")
    assert ends(tried(4, "pass", tier="confirm"), tried(6, "fail"), open_, tried(16, "fail")) == (4, 16, True)
    assert ends(tried(4, "pass", tier="confirm"), tried(6, "fail"), open_) == (4, None, True)
    low = tried(4, "open", tier="confirm", leans="pass")
    assert ends(tried(2, "pass"), low, tried(8, "fail", tier="confirm")) == (2, 8, True)


def test_a_higher_level_that_passes_is_noticed_and_no_capacity() -> None:
    some = [tried(4, "pass", tier="confirm"), tried(6, "fail", tier="confirm"), tried(8, "pass", tier="confirm")]
    assert ends(*some) == (4, 6, False)


def test_what_a_short_look_is_certain_of_is_held_against_long_tests() -> None:
    assert not ends(tried(8, "pass"), tried(4, "fail", tier="confirm"))[2]
    assert not ends(tried(8, "pass", tier="confirm"), tried(4, "fail"))[2]
    assert ends(tried(8, "open", leans="pass"), tried(4, "fail", tier="confirm"))[2]
    assert ends(tried(8, "pass", found=doubted(summary())), tried(4, "fail", tier="confirm"))[2]


def test_the_generator_s_doubts_make_no_end() -> None:
    assert ends(tried(4, "pass", found=doubted(summary()))) == (None, None, True)
    assert ends(tried(4, "pass"), tried(8, "fail", tier="confirm", found=doubted(summary()))) == (4, None, True)


def test_a_level_that_was_cut_short_tells_nothing() -> None:
    one = tried(4, "open", leans="pass")
    cut = Tried(trial=one.trial, outcome="open", judged=None, summary=one.summary, spent=one.spent)
    assert known(cut) is None
    assert known(one) is not None
