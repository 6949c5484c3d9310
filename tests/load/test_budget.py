"""The laws of the closed loop's jobs, under any order of calls."""

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from stt_load.load.budget import Job, Phases
from stt_load.samples.sample import Phase


class AnyOrder(RuleBasedStateMachine):
    users = Bundle("users")
    jobs = Bundle("jobs")

    @initialize(total=st.none() | st.integers(1, 30), warmup=st.integers(0, 12), awaited=st.integers(0, 5))
    def begin(self, total: int | None, warmup: int, awaited: int) -> None:
        if total is not None:
            warmup = min(warmup, total - 1)
        self.phases = Phases(total, warmup, awaited)
        self.total, self.warmup = total, warmup
        self.taken: list[Job] = []
        self.finished: list[Job] = []
        self.had_warmup: set[int] = set()
        self.present: set[int] = set()
        self.awaited = awaited
        self.joined = 0

    @rule(target=users, user=st.integers(0, 7))
    def join(self, user: int) -> int:
        if user not in self.present:
            self.joined += 1
            self.had_warmup.discard(user)
        self.phases.join(user)
        self.present.add(user)
        return user

    @rule(user=consumes(users))
    def leave(self, user: int) -> None:
        self.phases.leave(user)
        self.present.discard(user)

    @rule(target=jobs, user=users)
    def take(self, user: int) -> Job | None:
        if user not in self.present:
            return None
        firsts = (self.present - self.had_warmup) - {user}
        job = self.phases.take(user)
        if job is None:
            return None
        assert not self.phases.closed
        if job.phase is Phase.WARMUP:
            left = self.warmup - len(self.taken) - 1
            if user in self.had_warmup:
                assert left >= len(firsts), "a second warm-up request that another user's first had a claim to"
            self.had_warmup.add(user)
        else:
            warm = [done for done in self.finished if done.phase is Phase.WARMUP]
            assert len(warm) == self.warmup, "measured before the warm-up had ended"
        self.taken.append(job)
        return job

    @rule(job=consumes(jobs))
    def finish(self, job: Job | None) -> None:
        if job is not None:
            self.phases.finish(job)
            self.finished.append(job)

    @rule()
    def open_barrier(self) -> None:
        if self.phases.may_open():
            assert self.present
            assert self.joined >= self.phases.awaited
            self.phases.open = True

    @rule(awaited=st.integers(0, 5))
    def await_users(self, awaited: int) -> None:
        self.phases.awaited = awaited

    @rule()
    def close(self) -> None:
        if len(self.taken) > 25:
            self.phases.close()

    @invariant()
    def every_job_is_handed_out_once_and_accounted_for(self) -> None:
        if not hasattr(self, "phases"):
            return
        assert [job.seq for job in self.taken] == list(range(len(self.taken)))
        warm = sum(job.phase is Phase.WARMUP for job in self.taken)
        assert warm <= self.warmup
        assert self.total is None or len(self.taken) <= self.total
        assert self.phases.in_flight == len(self.taken) - len(self.finished)
        assert self.phases.done == (self.total is not None and len(self.finished) == self.total)


TestAnyOrder = AnyOrder.TestCase


def drain(phases: Phases, users: int) -> list[Job]:
    """Users that take and finish in turn until nothing is left."""
    jobs = []
    progress = True
    while progress:
        progress = False
        for user in range(users):
            phases.join(user)
            if phases.may_open():
                phases.open = True
            while (job := phases.take(user)) is not None:
                jobs.append(job)
                phases.finish(job)
                progress = True
    return jobs


def test_exactly_n_jobs_of_which_m_are_warm_up() -> None:
    for total, warmup, users in ((100, 10, 5), (7, 6, 3), (5, 0, 9), (20, 19, 30)):
        jobs = drain(Phases(total, warmup, users), users)
        assert len(jobs) == total
        assert [job.phase for job in jobs] == [Phase.WARMUP] * warmup + [Phase.MEASURED] * (total - warmup)


def test_the_first_requests_of_all_users_come_before_anyones_second() -> None:
    phases = Phases(100, 10, awaited=5)
    phases.join("early")
    assert phases.take("early") is not None
    taken = [phases.take("early") for _ in range(9)]
    assert sum(job is not None for job in taken) == 5, "four are kept for the users that are not there yet"
    for late in range(4):
        phases.join(late)
        assert phases.take(late) is not None
    assert phases.take("early") is None


def test_a_ramp_waits_for_nobody() -> None:
    phases = Phases(10, 3, awaited=0)
    phases.join("only")
    for _ in range(3):
        job = phases.take("only")
        assert job is not None
        phases.finish(job)
    assert phases.may_open()


def test_the_barrier_waits_for_those_awaited() -> None:
    phases = Phases(10, 0, awaited=2)
    assert not phases.may_open()
    phases.join(1)
    assert not phases.may_open()
    phases.join(2)
    assert phases.may_open()
