"""The repetitions of a repeat check: which clips of a run are said again, and when."""

from __future__ import annotations

from collections import deque

from stt_load.audio.names import REPEAT
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import Phase

STRIDE = 10
"""From one chosen clip to the next in a run without end."""
CONTROLS = (REPEAT, REPEAT + 1)
"""The attempts that are said before the run."""
UNDER_LOAD = REPEAT + 2
"""The attempt that is said in it."""


def chosen(count: int, total: int | None, warmup: int) -> tuple[int, ...]:
    """The seqs of `count` clips, spread over the measured ones: of all of them where there are no more."""
    if total is None:
        return tuple(warmup + STRIDE * number for number in range(count))
    count = min(count, total - warmup)
    return tuple(warmup + (2 * number + 1) * (total - warmup) // (2 * count) for number in range(count))


class Repeats:
    """Hands out what is said again. A pure machine.

    First the control: each chosen clip twice before the warm-up, with nothing else in flight in the whole run. Then
    each once in the run, about half a stride after the clip itself, and before the last measured one. None is made
    again. seqs: of the chosen clips. in_flight: handed out and not heard of. controlled: controls that are over, of
    `controls`. pending: there is something to hand out, now or later, or the control goes on; a value, as it is asked
    for with each request of a run.
    """

    def __init__(self, count: int, total: int | None, warmup: int) -> None:
        self.seqs = seqs = chosen(count, total, warmup)
        self.controls, self.controlled = len(CONTROLS) * len(seqs), 0
        self._control = deque(Iteration(seq, attempt, Phase.OUTSIDE) for seq in seqs for attempt in CONTROLS)
        stride = STRIDE if total is None else (total - warmup) // max(1, len(seqs))
        due = (seq + max(1, stride // 2) for seq in seqs)
        self._due = deque(due if total is None else (min(one, total - 1) for one in due))
        self._under_load = deque(Iteration(seq, UNDER_LOAD, Phase.OUTSIDE) for seq in seqs)
        self._out: set[Iteration] = set()
        self.pending = bool(seqs)

    @property
    def in_flight(self) -> int:
        return len(self._out)

    @property
    def controlling(self) -> bool:
        """The control is not over: nothing else may be handed out."""
        return self.controlled < self.controls

    def next(self, handed_out: int | None) -> Iteration | None:
        """What is to be said again now, of the run being handed out so many iterations (None: the barrier is not open
        yet); None for nothing."""
        if self._control:
            return None if self._out else self._hand_out(self._control.popleft())
        if handed_out is not None and self._due and self._due[0] <= handed_out and not self.controlling:
            self._due.popleft()
            return self._hand_out(self._under_load.popleft())
        return None

    def over(self, iteration: Iteration) -> None:
        """Its result is in, or nobody is to be waited for who could tell it."""
        if iteration in self._out:
            self._out.remove(iteration)
            self.controlled += iteration.attempt in CONTROLS
            self._look()

    def put_back(self, iteration: Iteration) -> None:
        """It was never started, and is there for others."""
        self._out.remove(iteration)
        if iteration.attempt in CONTROLS:
            self._control.appendleft(iteration)
        else:
            self._due.appendleft(0)
            self._under_load.appendleft(iteration)
        self._look()

    def give_up_control(self) -> None:
        """What is left of it is not made."""
        self.controls -= len(self._control)
        self._control.clear()
        self._look()

    def _hand_out(self, iteration: Iteration) -> Iteration:
        self._out.add(iteration)
        self._look()
        return iteration

    def _look(self) -> None:
        self.pending = bool(self._control or self._under_load) or self.controlling
