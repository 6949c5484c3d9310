"""How tests of the checks ask for a verdict."""

import numpy as np
import numpy.typing as npt

from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.stats.closed_loop import closed_loop_share
from stt_load.stats.evidence import Limits
from stt_load.stats.model import Check, Validity
from stt_load.stats.validity import DEFAULT_LIMITS, judge
from tests.factory import NO_PAUSE, table

EMPTY = Samples(np.empty(0, ROW))
STEADY = table(np.arange(30.0), 1.0)
"""One user for 30 s, always busy."""


def judged(samples: Samples, generator: Generator, users: int = 1, limits: Limits = DEFAULT_LIMITS) -> Validity:
    measured = samples.phase(Phase.MEASURED)
    return judge(samples, measured, users=users, load=NO_PAUSE, generator=generator, limits=limits)


def check(name: str, samples: Samples, generator: Generator, users: int = 1) -> Check:
    return next(one for one in judged(samples, generator, users).checks if one.name == name)


def share(samples: Samples, users: int = 1, delay_s: float = 0.0) -> float | None:
    measured = samples.phase(Phase.MEASURED)
    return closed_loop_share(samples, measured, users=users, request_delay_s=delay_s)


def worker(
    lag_s: float | None = None, cpu: float | None = None, stalled_s: float | None = None, index: int = 0
) -> WorkerHealth:
    """The P99 of its lag is seconds, whatever happens: that judges nothing."""
    return WorkerHealth(index, 5.0, cpu, lag_s, stalled_s)


def with_late(late_s: npt.ArrayLike, of_s: float = 1.0, n: int = 100) -> Samples:
    """Answers that take `of_s`, each read `late_s` after that."""
    samples = table(np.arange(float(n)), of_s + np.asarray(late_s))
    samples.rows["late_s"] = late_s
    return samples


OBSERVED = Generator(workers=(worker(0.0, 0.1, 0.0),))
