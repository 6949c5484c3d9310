"""The laws of the closed loop's iterations, under any order of calls."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.load.repeats import CONTROLS
from stt_load.load.timetable import timetable_of
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import Phase
from tests.load.timetables import open_loop, stages_of


class AnyOrder(RuleBasedStateMachine):
    users = Bundle("users")
    iterations = Bundle("iterations")

    @initialize(
        total=st.none() | st.integers(1, 30),
        warmup=st.integers(0, 12),
        awaited=st.integers(0, 5),
        repeat_check=st.sampled_from([0, 0, 1, 3, 40]),
    )
    def begin(self, total: int | None, warmup: int, awaited: int, repeat_check: int) -> None:
        if total is not None:
            warmup = min(warmup, total - 1)
        self.budget = Budget(total, warmup, awaited, repeat_check)
        self.repeated: list[Iteration] = []
        self.repeats_done = 0
        self.total, self.warmup = total, warmup
        self.taken: list[Iteration] = []
        self.finished: list[Iteration] = []
        self.had_warmup: set[int] = set()
        self.present: set[int] = set()
        self.awaited = awaited
        self.joined = 0

    @rule(target=users, user=st.integers(0, 7))
    def join(self, user: int) -> int:
        if user not in self.present:
            self.joined += 1
            self.had_warmup.discard(user)
        self.budget.slots.join(user)
        self.present.add(user)
        return user

    @rule(user=consumes(users))
    def leave(self, user: int) -> None:
        self.budget.slots.leave(user)
        self.present.discard(user)

    @rule(target=iterations, user=users)
    def take(self, user: int) -> Iteration | None:
        if user not in self.present:
            return None
        firsts = (self.present - self.had_warmup) - {user}
        iteration = self.budget.take(user)
        if iteration is None:
            return None
        assert not self.budget.closed
        if iteration.phase is Phase.OUTSIDE:
            if iteration.attempt in CONTROLS:
                assert not self.taken, "the control comes before the run"
                assert self.repeats_done == len(self.repeated), "and one at a time"
            else:
                assert self.budget.open, "what is said under load comes after the barrier"
            self.repeated.append(iteration)
            return iteration
        assert not self.budget.repeats.controlling
        if iteration.phase is Phase.WARMUP:
            left = self.warmup - len(self.taken) - 1
            if user in self.had_warmup:
                assert left >= len(firsts), "a second warm-up request that another user's first had a claim to"
            self.had_warmup.add(user)
        else:
            warm = [done for done in self.finished if done.phase is Phase.WARMUP]
            assert len(warm) == self.warmup, "measured before the warm-up had ended"
        self.taken.append(iteration)
        return iteration

    @rule(iteration=consumes(iterations))
    def finish(self, iteration: Iteration | None) -> None:
        if iteration is not None:
            self.budget.finish(iteration)
            if iteration.phase is Phase.OUTSIDE:
                self.repeats_done += 1
            else:
                self.finished.append(iteration)

    @rule()
    def open_barrier(self) -> None:
        if self.budget.may_open():
            assert self.present
            assert self.joined >= self.budget.awaited
            self.budget.open = True

    @rule(awaited=st.integers(0, 5))
    def await_users(self, awaited: int) -> None:
        self.budget.awaited = awaited

    @rule()
    def close(self) -> None:
        if len(self.taken) > 25:
            self.budget.close()

    @invariant()
    def every_iteration_is_handed_out_once_and_accounted_for(self) -> None:
        if not hasattr(self, "budget"):
            return
        assert [iteration.seq for iteration in self.taken] == list(range(len(self.taken)))
        warm = sum(iteration.phase is Phase.WARMUP for iteration in self.taken)
        assert warm <= self.warmup
        assert self.total is None or len(self.taken) <= self.total
        assert len(set(self.repeated)) == len(self.repeated), "nothing is said a second time again"
        repeats_in_flight = len(self.repeated) - self.repeats_done
        assert self.budget.in_flight == len(self.taken) - len(self.finished) + repeats_in_flight
        assert self.budget.done == (self.total is not None and len(self.finished) == self.total)


TestAnyOrder = AnyOrder.TestCase


def drain(budget: Budget, users: int) -> list[Iteration]:
    """Users that take and finish in turn until nothing is left."""
    iterations = []
    progress = True
    while progress:
        progress = False
        for user in range(users):
            budget.slots.join(user)
            if budget.may_open():
                budget.open = True
            while (iteration := budget.take(user)) is not None:
                iterations.append(iteration)
                budget.finish(iteration)
                progress = True
    return iterations


def test_exactly_n_iterations_of_which_m_are_warm_up() -> None:
    for total, warmup, users in ((100, 10, 5), (7, 6, 3), (5, 0, 9), (20, 19, 30)):
        iterations = drain(Budget(total, warmup, users), users)
        assert len(iterations) == total
        assert [iteration.phase for iteration in iterations] == [Phase.WARMUP] * warmup + [Phase.MEASURED] * (
            total - warmup
        )


def test_the_first_requests_of_all_users_come_before_anyones_second() -> None:
    budget = Budget(100, 10, awaited=5)
    budget.slots.join("early")
    assert budget.take("early") is not None
    taken = [budget.take("early") for _ in range(9)]
    assert sum(iteration is not None for iteration in taken) == 5, (
        "four are kept for the users that are not there yet"
    )
    for late in range(4):
        budget.slots.join(late)
        assert budget.take(late) is not None
    assert budget.take("early") is None


def test_a_ramp_waits_for_nobody() -> None:
    budget = Budget(10, 3, awaited=0)
    budget.slots.join("only")
    for _ in range(3):
        iteration = budget.take("only")
        assert iteration is not None
        budget.finish(iteration)
    assert budget.may_open()


def test_the_barrier_waits_for_those_awaited() -> None:
    budget = Budget(10, 0, awaited=2)
    assert not budget.may_open()
    budget.slots.join(1)
    assert not budget.may_open()
    budget.slots.join(2)
    assert budget.may_open()


def test_a_user_that_takes_part_in_the_control_is_still_owed_its_first_warm_up_request() -> None:
    budget = Budget(10, 2, awaited=2, repeat_check=1)
    budget.slots.join("first")
    for _ in CONTROLS:
        control = budget.take("first")
        assert control is not None
        assert (control.phase, budget.in_flight, budget.handed_out) == (Phase.OUTSIDE, 1, 0)
        assert budget.take("first") is None
        budget.finish(control)
    budget.slots.join("second")
    for user in ("first", "second"):
        warm = budget.take(user)
        assert warm is not None
        assert warm.phase is Phase.WARMUP


def test_every_chosen_clip_is_said_again_before_the_last_measured_request_and_none_counts() -> None:
    for total, warmup, users, count in ((100, 10, 5, 20), (7, 6, 3, 5), (5, 0, 9, 3), (20, 0, 1, 20)):
        budget = Budget(total, warmup, users, count)
        iterations = drain(budget, users)
        again = [one for one in iterations if one.phase is Phase.OUTSIDE]
        count = min(count, total - warmup)
        assert len(again) == 3 * count
        assert len(iterations) - len(again) == total
        assert budget.done
        assert iterations[-1].phase is Phase.MEASURED


def test_the_barrier_waits_for_the_control() -> None:
    budget = Budget(10, 0, awaited=1, repeat_check=1)
    budget.slots.join(1)
    assert not budget.may_open()
    for _ in CONTROLS:
        control = budget.take(1)
        assert control is not None
        assert not budget.may_open()
        budget.finish(control)
    assert budget.may_open()


def arriving(warmup: int = 0, slots: int = 4, rate: float = 10.0, **values: Any) -> Budget:
    """An open loop of so many slots, its barrier open at 100 s unless there is a warm-up."""
    budget = Budget(999, warmup, awaited=slots)
    load = open_loop((rate, rate, None), **{"planned": 20} | values)
    budget.follow(load, timetable_of(load, 7))
    for slot in range(slots):
        budget.join(slot)
    budget.slots.barrier_s, budget.open = 100.0, not warmup
    return budget


def test_an_open_loop_ends_with_its_last_arrival() -> None:
    budget = arriving(warmup=3)
    assert (budget.total, budget.measured_total) == (23, 20)
    endless = Budget(999, 3, 0)
    load = open_loop((1, 1, None))
    endless.follow(load, timetable_of(load, 7))
    assert endless.total is None


def test_the_warm_up_of_an_open_loop_has_so_many_in_flight_and_waits_until_they_can_be() -> None:
    budget = Budget(None, 6, awaited=5)
    load = open_loop((1, 1, None), planned=5, warmup_users=2)
    budget.follow(load, timetable_of(load, 7))
    assert [budget.join("a"), budget.take("a"), budget.may_have("a", 0.0)] == [False, None, True]
    assert budget.join("b"), "now those that wait may go"
    assert not budget.join("b")
    assert not budget.join("c")
    first, second = budget.take("b"), budget.take("a")
    assert first is not None
    assert second is not None
    assert budget.take("c") is None
    budget.finish(first)
    assert budget.take("b") is not None, "a slot goes on, as a user of a closed loop does"
    assert budget.take("c") is None


def test_an_arrival_is_taken_when_it_is_due_and_bears_its_instant() -> None:
    budget = arriving()
    assert (budget.take(0, 100.99), budget.wakes_s(100.5)) == (None, 101.0)
    taken = budget.take(0, 101.0)
    assert taken is not None
    assert (taken.seq, taken.due_s, taken.phase, taken.stage) == (0, 101.0, Phase.MEASURED, None)
    assert (budget.take(1, 101.05), budget.wakes_s(101.05)) == (None, 101.1)
    assert (budget.arrives, budget.lapses_s()) == (True, 102.1)


def test_what_nobody_took_in_time_is_overdue_once() -> None:
    budget = arriving(max_lag_s=0.5)
    found = budget.overdue(101.75)
    assert [(one.seq, one.due_s) for one in found] == [(0, 101.0), (1, 101.1), (2, 101.2)]
    assert budget.overdue(101.75) == []
    taken = budget.take(0, 101.75)
    assert taken is not None
    assert taken.seq == 3


def test_what_was_due_when_the_run_was_closed_is_left_waiting_and_nothing_later_is() -> None:
    budget = arriving()
    assert budget.take(0, 101.0) is not None
    budget.close(101.25)
    assert (budget.take(1, 101.25), budget.wakes_s(101.25), budget.lapses_s()) == (None, None, None)
    assert [(one.seq, one.due_s) for one in budget.left_waiting()] == [(1, 101.1), (2, 101.2)]
    assert (budget.left_waiting(), budget.handed_out) == ([], 3)


def test_stages_settle_and_belong_to_the_instant_at_which_they_are_due() -> None:
    budget = Budget(None, 0, awaited=1)
    load = open_loop((10, 10, 2), (20, 20, 2), planned=60)
    budget.follow(load, timetable_of(load, 7))
    budget.median_s = lambda: 0.05
    budget.join("a")
    budget.open = True
    taken = [budget.take("a", 1e9) for _ in range(60)]
    assert [one.stage for one in taken if one] == [0] * 20 + [1] * 40
    assert [one.phase for one in taken if one] == (
        [Phase.SETTLING] * 5 + [Phase.MEASURED] * 15 + [Phase.SETTLING] * 10 + [Phase.MEASURED] * 30
    )


def test_repeated_closed_loops_settle_on_top() -> None:
    budget = Budget(20, 4, awaited=1)
    load = ClosedLoop(users=3, request_delay_s=0.0)
    budget.follow(load, timetable_of(load, 7), settles=True)
    phases = [one.phase for one in drain(budget, 1)]
    assert phases == [Phase.WARMUP] * 4 + [Phase.SETTLING] * 6 + [Phase.MEASURED] * 16


def test_repeated_open_loops_settle_on_top_as_long_as_ten_medians_of_the_warm_up() -> None:
    budget = Budget(None, 0, awaited=1)
    load = open_loop((10, 10, None), planned=30)
    budget.follow(load, timetable_of(load, 7), settles=True)
    budget.median_s = lambda: 0.12
    budget.join("a")
    budget.settle()
    budget.open = True
    assert budget.total == 42
    phases = [one.phase for _ in range(60) if (one := budget.take("a", 1e9)) is not None]
    assert phases == [Phase.SETTLING] * 12 + [Phase.MEASURED] * 30


def test_stages_of_users_let_in_the_first_slots_and_count_no_requests() -> None:
    budget = Budget(50, 0, awaited=3)
    load = ClosedLoop(users=3, request_delay_s=0.0, stages=stages_of([(1, 1, 10), (1, 3, 10)]))
    budget.follow(load, timetable_of(load, 7))
    for slot in "abc":
        budget.slots.join(slot)
    budget.open, budget.slots.barrier_s = True, 100.0
    assert budget.total is None
    assert [budget.may_have(slot, 105.0) for slot in "abc"] == [True, False, False]
    assert budget.take("b", 105.0) is None
    assert budget.wakes_s(105.0) == 112.5
    taken = [budget.take("a", 105.0) for _ in range(3)]
    assert [(one.phase, one.stage) for one in taken if one] == [
        (Phase.SETTLING, 0),
        (Phase.SETTLING, 0),
        (Phase.MEASURED, 0),
    ]
    later = budget.take("b", 113.0)
    assert later is not None
    assert (later.phase, later.stage, later.due_s) == (Phase.SETTLING, 1, None)


@given(
    st.lists(st.tuples(st.floats(0, 0.6), st.sampled_from(["take", "drop", "finish"])), max_size=80),
    st.sampled_from(["poisson", "constant", "gamma"]),
    st.floats(0.05, 2.0),
)
def test_each_arrival_goes_to_a_slot_or_is_overdue_or_waits_at_the_end(
    steps: list[tuple[float, str]], arrivals: str, max_lag_s: float
) -> None:
    budget = arriving(arrivals=arrivals, burstiness=0.5, max_lag_s=max_lag_s)
    now_s, handed, in_flight = 100.5, list[Iteration](), list[Iteration]()
    for step_s, what in steps:
        now_s += step_s
        if what == "finish":
            while in_flight:
                budget.finish(in_flight.pop())
            continue
        dropped = budget.overdue(now_s)
        assert all(one.due_s is not None and one.due_s + max_lag_s <= now_s for one in dropped)
        taken = budget.take(0, now_s) if what == "take" else None
        if taken is not None:
            assert taken.due_s is not None
            assert taken.due_s <= now_s < taken.due_s + max_lag_s
        elif what == "take":
            wakes_s = budget.wakes_s(now_s)
            assert wakes_s is None or wakes_s > now_s, "nothing that is due is kept from whoever asks"
        new = [*dropped, *([taken] if taken else [])]
        handed += new
        in_flight += new
    budget.close(now_s)
    handed += budget.left_waiting()
    timetable = timetable_of(open_loop((10, 10, None), arrivals=arrivals, burstiness=0.5), 7)
    due_s = [100.0 + (timetable.due_s(number) or 0) for number in range(20)]
    assert [one.seq for one in handed] == list(range(len(handed)))
    assert [one.due_s for one in handed] == [due for due in due_s if due <= now_s], "each that was due, once"


def test_a_closed_loop_tells_since_when_answers_of_measured_iterations_are_waited_for() -> None:
    budget = Budget(6, 1, awaited=2)
    for slot in "ab":
        budget.slots.join(slot)
    warmup = taken(budget, "a")
    warmup.begun_s = 1.0
    assert budget.waiting_s(2.0) == [], "the warm-up is nothing to judge by"
    budget.finish(warmup)
    budget.open = True
    first, second = taken(budget, "a"), taken(budget, "b")
    first.begun_s = 3.0
    assert budget.waiting_s(4.0) == [3.0], "of the other one it is not known yet"
    second.begun_s = 3.5
    assert sorted(budget.waiting_s(4.0)) == [3.0, 3.5]
    budget.finish(first)
    assert budget.waiting_s(4.0) == [3.5]
    budget.close(4.5)
    assert budget.waiting_s(9.0) == [3.5], "the answer is waited for though nothing new is handed out"


def test_an_open_loop_tells_when_they_were_due_whether_anybody_has_taken_them_or_not() -> None:
    load = open_loop((10.0, 10.0, None), planned=6)
    budget = Budget(None, 0, awaited=1)
    budget.follow(load, timetable_of(load, 1))
    budget.slots.join("a")
    budget.open, budget.slots.barrier_s = True, 100.0
    due_s = [budget.slots.arrives_s(seq) or 0.0 for seq in range(6)]
    assert budget.waiting_s(due_s[0] - 0.01) == []
    assert budget.waiting_s(due_s[2]) == due_s[:3], "nobody has taken any of them"
    first = taken(budget, "a", due_s[2])
    first.begun_s = due_s[2] + 1
    assert budget.waiting_s(due_s[2]) == due_s[:3], "when it began is of no interest"
    budget.finish(first)
    assert budget.waiting_s(due_s[2]) == due_s[1:3]
    assert budget.waiting_s(due_s[5] + 9) == due_s[1:]
    budget.close(due_s[3])
    assert budget.waiting_s(due_s[5] + 9) == due_s[1:4], "what was to come after the end never arrives"


def test_what_settles_is_waited_for_by_nobody() -> None:
    load = open_loop((10.0, 10.0, None))
    budget = Budget(None, 0, awaited=1)
    budget.median_s = lambda: 0.05
    budget.follow(load, timetable_of(load, 1), settles=True)
    budget.slots.join("a")
    budget.settle()
    budget.open = True
    settling = budget.settling.extra if budget.settling is not None else 0
    assert settling
    due_s = [budget.slots.arrives_s(seq) or 0.0 for seq in range(settling + 2)]
    assert budget.waiting_s(due_s[-1]) == due_s[-2:]
    for _ in range(settling + 1):
        taken(budget, "a", due_s[-1])
    assert budget.waiting_s(due_s[-1]) == due_s[-2:], "of which one is taken now"


def taken(budget: Budget, slot: str, now_s: float = 0.0) -> Iteration:
    iteration = budget.take(slot, now_s)
    assert iteration is not None
    return iteration
