"""Workers that keep their master waiting: who is overdue, and when."""

from __future__ import annotations

from stt_load.cluster.member import Member
from stt_load.cluster.timeouts import MUTE_S, SILENCE_S, START_S, Overdue, Timeouts


def timeouts(*heard: str, needed: bool = True) -> Timeouts:
    return Timeouts(heard.__contains__, lambda _: needed)


def member(name: str, *, fit: bool = True) -> Member:
    return Member(name, f"{name}:1", same_boot=True, heard_s=0.0, fit=fit)


def waited(
    timeouts: Timeouts, seconds: float, *members: Member, unknown: frozenset[str] = frozenset()
) -> list[Overdue]:
    """Who is overdue after so many looks of a second each, and not before."""
    for _ in range(int(seconds)):
        assert timeouts.look(1.0, unknown, members) == []
    return timeouts.look(1.0, unknown, members)


def test_a_locust_worker_that_never_introduces_itself_is_overdue_and_may_be_none_of_those_awaited() -> None:
    (overdue,) = waited(timeouts("other"), SILENCE_S, unknown=frozenset({"other", "mute"}))
    assert (overdue.worker, overdue.name, overdue.others_may_come) == ("other", None, True)


def test_who_introduces_itself_in_between_is_counted_anew() -> None:
    some = timeouts("a")
    for _ in range(int(SILENCE_S) - 1):
        some.look(1.0, {"a"}, [])
    some.look(1.0, set(), [])
    assert waited(some, SILENCE_S - 1, unknown=frozenset({"a"})) == []


def test_a_member_that_answers_nothing_is_overdue_unless_nobody_needs_it_or_locust_hears_nothing_either() -> None:
    (overdue,) = waited(timeouts("a"), MUTE_S, member("a"), member("unheard"))
    assert (overdue.worker, overdue.name) == ("a", "a:1")
    assert waited(timeouts("a", needed=False), 5 * MUTE_S, member("a")) == []


def test_a_member_that_never_gets_ready_is_overdue_while_one_that_is_fit_is_not() -> None:
    slow, some = member("slow", fit=False), timeouts("slow", "fit")
    for second in range(int(START_S)):
        slow.heard_s = float(second + 1)
        assert some.look(1.0, set(), [slow]) == []
    slow.heard_s = START_S + 1
    (overdue,) = some.look(1.0, set(), [slow])
    assert (overdue.worker, overdue.others_may_come) == ("slow", False)
    fit = member("fit")
    for second in range(2 * int(START_S)):
        fit.heard_s = float(second + 1)
        assert some.look(1.0, set(), [fit]) == []
