"""How long each service takes and which ones fail: the model that the settings describe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from stt_load.server.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Work:
    """One service: its length in seconds, whether it was a cold one, ends with an error, or has its answer cut off;
    how it goes wrong on purpose, None where it doesn't."""

    service_s: float
    cold: bool
    fails: bool
    cut: bool
    misbehaviour: str | None


class Workload:
    """Draws services one after the other. The same settings give the same jitters, errors and cuts in their order."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._jitters, self._errors, self._cuts, self._misbehaviours = (
            Random(f"{what} {settings.seed}") for what in ("jitter", "errors", "cuts", "misbehaviours")
        )
        self._drawn = 0

    def nominal_s(self, audio_s: float) -> float:
        """Seconds that a warm service of `audio_s` seconds of audio takes without jitter."""
        return self._settings.overhead_s + self._settings.rtf * audio_s

    def draw(self, audio_s: float) -> Work:
        """The next service, for a clip of `audio_s` seconds; the first `cold_requests` are cold."""
        settings = self._settings
        cold = self._drawn < settings.cold_requests
        self._drawn += 1
        jitter_s = settings.jitter_s * _JITTERS[settings.jitter](self._jitters)
        service_s = self.nominal_s(audio_s) + jitter_s + (settings.cold_extra_s if cold else 0.0)
        fails = self._errors.random() < settings.error_rate
        cut = self._cuts.random() < settings.cut_rate and not fails
        chosen = self._misbehaviours.random() < settings.misbehaviour_rate
        misbehaves = chosen and settings.misbehaviour != "none" and not fails and not cut
        return Work(service_s, cold, fails, cut, settings.misbehaviour if misbehaves else None)


_JITTERS: dict[str, Callable[[Random], float]] = {
    "none": lambda _: 0.0,
    "uniform": lambda random: random.random(),
    "exponential": lambda random: random.expovariate(1.0),
    "lognormal": lambda random: random.lognormvariate(0.0, 1.0),
}
