"""One worker in one run, as the master knows it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from stt_load.cluster.member import SAME_CLOCK, Member
from stt_load.cluster.protocol import Data
from stt_load.load.iteration import Iteration
from stt_load.run.monitor import Watch
from stt_load.run.outcome import bare
from stt_load.samples.run_info import Clock
from stt_load.samples.sample import ErrorKind, Phase, Sample


@dataclass(slots=True)
class WorkerState:
    """One worker in one run. number: its index in the samples.

    epoch: of its lease. void: the newest epoch whose lease was taken away. rows: how many of its rows are here.
    texts: that its rows point to. headers: those of them that are headers, looked at. missing: tries that it had
    started when it was lost, as far as is known, and that nothing has been heard of since, with the time of the loss.
    absent: Locust has given it up. gone: lost, and not back. silent: it was missed, and has not said since how many
    users it has. ended: its last row is in. errors: exceptions in code of ours on it. leased: it has been given an
    iteration. taken: iterations that it told last to have started. placed: the clock that rows were put on this
    host's with, of several the one with the largest error. idle_s: for how long it has owed results and has neither
    told one nor started an iteration. longest_pause_s: that one of its users made on purpose. expired: its lease ran
    out that way, and nothing has come since. busy: its users do other work, and none has asked for one since.
    quiet_s: for how long nothing was heard of it at all, the time left out in which this process itself stood still.
    doubted_s: since when its rows lie beyond the run, and wait for a newer round trip.
    """

    member: Member
    number: int
    epoch: int = 0
    void: int = 0
    rows: int = 0
    texts: list[str] = field(default_factory=list)
    headers: set[str] = field(default_factory=set)
    watch: Watch | None = None
    missing: dict[Iteration, float] = field(default_factory=dict)
    absent: bool = False
    gone: bool = False
    silent: bool = False
    ended: bool = False
    errors: int = 0
    leased: bool = False
    taken: int = 0
    placed: Clock | None = None
    idle_s: float = 0.0
    longest_pause_s: float = 0.0
    expired: bool = False
    busy: bool = False
    quiet_s: float = 0.0
    heard_s: float = 0.0
    doubted_s: float | None = None

    @property
    def pending(self) -> bool:
        """How many users it has is not known: it may be back any moment, or is back and has not said it yet."""
        return self.silent and not self.ended and not (self.absent and self.gone)

    @property
    def clock(self) -> Clock | None:
        """How its rows were put on this host's clock, at the worst; None where it has the same one."""
        found = self.placed or self.member.clock
        return None if found == SAME_CLOCK else found

    def doubt(self, now_s: float) -> bool:
        """Its rows lie beyond the run: whether its clock may have jumped since the last round trip, so that a newer
        one is to be waited for. On this process's own clock there is nothing to explain."""
        if self.member.clock == SAME_CLOCK:
            return False
        if self.doubted_s is None:
            self.doubted_s = now_s
        return not self.cleared

    @property
    def cleared(self) -> bool:
        """Rows were doubted, and there has been a round trip since."""
        return self.doubted_s is not None and self.member.trips.sent_s > self.doubted_s

    def place(self, more_s: float = 0.0) -> None:
        """Rows have been put on this host's clock. more_s: its error beside that of round trips."""
        error_s = self.member.clock.error_s + more_s
        if self.placed is None or error_s > self.placed.error_s:
            self.placed = replace(self.member.clock, error_s=error_s)

    def returned(self, pause_s: float) -> None:
        """Rows have come. pause_s: the longest that one of its users makes on purpose after them."""
        self.idle_s, self.expired = 0.0, False
        self.longest_pause_s = max(self.longest_pause_s, pause_s)

    def told(self, taken: int) -> None:
        """It says how many iterations it has started."""
        if taken != self.taken:
            self.taken, self.idle_s = taken, 0.0

    def watched(self, data: Data) -> None:
        """It says what it has seen of itself so far; its last word on that stays."""
        self.errors = max(self.errors, data["errors"])
        if data["watch"] is not None and not self.ended:
            self.watch = Watch.of(data["watch"])

    def holds(self, held: Collection[Iteration]) -> None:
        """It says which iterations it has on hand: of others nobody will ever tell."""
        self.missing = {iteration: lost_s for iteration, lost_s in self.missing.items() if iteration in held}

    def elapse(self, elapsed_s: float) -> None:
        """Another `elapsed_s` have passed."""
        heard = self.member.heard_s != self.heard_s
        self.quiet_s = 0.0 if heard else self.quiet_s + elapsed_s
        self.heard_s = self.member.heard_s

    def idle(self, elapsed_s: float, owed: int) -> float:
        """Another `elapsed_s` have passed in which nothing came; for how long that has been so, in seconds."""
        self.idle_s = self.idle_s + elapsed_s if owed else 0.0
        return self.idle_s

    def lost_tries(self, origin_s: float, audio_s: Callable[[int], float]) -> list[Sample]:
        """What is missing, as samples: each was started, and perhaps sent. origin_s: where instants count from.
        audio_s: tells how long the clip of an iteration is."""
        return [
            bare(
                ErrorKind.LOST,
                "started by a worker that was lost, and never heard of again",
                self.number,
                seq=iteration.seq,
                attempt=iteration.attempt,
                phase=Phase.OUTSIDE,
                start_s=lost_s - origin_s,
                done_s=lost_s - origin_s,
                audio_s=audio_s(iteration.seq),
            )
            for iteration, lost_s in self.missing.items()
        ]
