"""The laws of the closed loop's iterations, under any order of calls."""

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import Phase


class AnyOrder(RuleBasedStateMachine):
    users = Bundle("users")
    iterations = Bundle("iterations")

    @initialize(total=st.none() | st.integers(1, 30), warmup=st.integers(0, 12), awaited=st.integers(0, 5))
    def begin(self, total: int | None, warmup: int, awaited: int) -> None:
        if total is not None:
            warmup = min(warmup, total - 1)
        self.budget = Budget(total, warmup, awaited)
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
        assert self.budget.in_flight == len(self.taken) - len(self.finished)
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
