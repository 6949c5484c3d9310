"""Stages of users: how many slots are at work at which time, and which these are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stt_load.load.profile import Profile
from stt_load.load.settling import WAVES
from stt_load.samples.run_info import Stage
from stt_load.samples.sample import Phase


class UserStages:
    """Lets the slots of this process take iterations, as many at a time as there are to be users. Pure; times count
    from the barrier.

    part, parts: which of so many processes this one is. Their slots are dealt out in turn: slot `number` of this one
    is the (number x parts + part)-th of the run, and is at work while there are to be more users than that.
    """

    def __init__(self, stages: Sequence[Stage], part: int = 0, parts: int = 1) -> None:
        self._profile = Profile(stages)
        self.part, self.parts = part, parts
        self._taken = [0] * len(stages)

    @property
    def ends_s(self) -> float:
        """When the last one is over."""
        return self._profile.ends_s

    def users(self, at_s: float) -> int:
        """In the whole run."""
        return math.floor(self._profile.value(max(0.0, at_s)) + 0.5)

    def admits(self, number: int, at_s: float) -> bool:
        """Whether slot `number` of this process is at work then."""
        return at_s < self.ends_s and number * self.parts + self.part < self.users(at_s)

    def take(self, at_s: float) -> tuple[int, Phase]:
        """A slot takes an iteration: its stage and its phase. The first ones of a stage settle, 2 for each slot of
        this process that it begins with."""
        stage = self._profile.stage_at(max(0.0, at_s))
        users = self.users(self._profile.starts_s[stage])
        here = max(0, math.ceil((users - self.part) / self.parts))
        self._taken[stage] += 1
        return stage, Phase.SETTLING if self._taken[stage] <= WAVES * here else Phase.MEASURED

    def grows_s(self, at_s: float) -> float | None:
        """When there will be more users than at at_s for the first time; None for never."""
        at_s, users = max(0.0, at_s), self.users(at_s)
        for number in range(self._profile.stage_at(at_s), len(self._profile.stages)):
            stage, begins_s = self._profile.stages[number], self._profile.starts_s[number]
            if begins_s > at_s and self.users(begins_s) > users:
                return begins_s
            if stage.for_s is None or stage.last <= stage.first:
                continue
            grows_s = begins_s + stage.for_s * (users + 0.5 - stage.first) / (stage.last - stage.first)
            if max(at_s, begins_s) < grows_s < begins_s + stage.for_s:
                return grows_s
        return None
