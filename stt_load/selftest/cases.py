"""What is tried: which loads on which servers, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stt_load.server.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Case:
    """A load and the server that gets it. load: keys of the configuration."""

    name: str
    server: ServerSettings
    load: Mapping[str, Any]

    @property
    def warmup(self) -> int:
        return int(self.load["warmup_requests"])

    @property
    def is_open(self) -> bool:
        """Requests arrive at a rate of their own."""
        return "load" in self.load

    @property
    def limit_rps(self) -> float:
        """What the server could serve at most of such a load, were it always busy."""
        nominal_s = self.server.overhead_s + self.server.rtf * float(self.load["audio"]["duration"])
        return min(self.server.slots, int(self.load["concurrent_requests"])) / nominal_s


@dataclass(frozen=True, slots=True)
class Subject:
    """Who makes the load. workers: processes that Locust's master has, 0 for one process that does everything."""

    user_class: str
    workers: int = 0

    @property
    def name(self) -> str:
        return f"{self.user_class}, {self.workers} workers" if self.workers else self.user_class

    def words(self, port: int) -> tuple[str, ...]:
        """The command line's. port: where a master may listen to its workers."""
        if not self.workers:
            return (self.user_class,)
        master = ("--master-bind-host", "127.0.0.1", "--master-bind-port", str(port))
        return (self.user_class, "--processes", str(self.workers), *master, "--master-port", str(port))


@dataclass(frozen=True, slots=True)
class Trial:
    """One case by one subject."""

    case: Case
    subject: Subject

    @property
    def name(self) -> str:
        return f"{self.subject.name}: {self.case.name}"


def _load(users: int, measured: int, **more: Any) -> dict[str, Any]:
    """In which the refused come again as soon as they like."""
    return {
        "total_requests": users + measured,
        "warmup_requests": users,
        "concurrent_requests": users,
        "audio": {"duration": 1.0, "source": "noise"},
        "api": {"on_shed": "continue"},
        **more,
    }


def _server(**settings: Any) -> ServerSettings:
    """That listens only where its words are what is tried: noise has none."""
    quiet = {"rtf": 0.0, "jitter": "none", "cold_requests": 0, "hears": False}
    return ServerSettings.model_validate(quiet | settings)


FIXED = Case(
    "fixed latency, a cold start before it",
    _server(slots=4, overhead_s=0.05, cold_requests=4, cold_extra_s=0.4),
    _load(4, 100),
)
QUEUE = Case(
    "6 users on 2 slots, exponential service times",
    _server(slots=2, overhead_s=0.01, jitter="exponential", jitter_s=0.015),
    _load(6, 120),
)
BATCHES = Case(
    "6 users on a server that batches up to 4",
    _server(model="batch", slots=4, overhead_s=0.03, batch_growth=0.5, jitter="exponential", jitter_s=0.01),
    _load(6, 120),
)
FAILURES = Case(
    "errors, sheds and cut answers",
    _server(slots=2, overhead_s=0.03, queue_limit=1, error_rate=0.2, cut_rate=0.2),
    _load(6, 200, request_delay=0.02, continue_on_dead_warmup=True),
)
EVERYTHING = Case(
    "a queue, a cold start, errors, sheds and cut answers",
    _server(slots=2, overhead_s=0.03, queue_limit=3, error_rate=0.1, cut_rate=0.1, cold_requests=2, cold_extra_s=0.4),
    _load(6, 160, request_delay=0.02, continue_on_dead_warmup=True),
)
STREAMS = Case(
    "streamed answers, a queue, cut ones",
    _server(slots=3, overhead_s=0.05, stream_dialect="openai", delta_gap_s=0.02, cut_rate=0.1),
    _load(4, 44, audio={"duration": 4.0, "source": "noise"}, api={"on_shed": "continue", "stream": True}),
)
LENGTHS = Case(
    "clips of 1 to 20 s, each served as long as it is",
    _server(slots=3, overhead_s=0.02, rtf=0.01),
    _load(4, 80, audio={"duration": "1..20", "source": "noise", "sample_rate": 8_000}),
)
PACE = Case(
    "8 users, clips of 10 s, 20 ms each",
    _server(slots=8, overhead_s=0.02),
    _load(8, 600, audio={"duration": 10.0, "source": "noise"}),
)
OPEN_SLOTS, OPEN_MEAN_S = 4, 0.06
"""Of the server that an open loop is tried with: how long a service takes, on average."""


def open_loop(utilisation: float, measured: int = 300) -> Case:
    """Poisson arrivals that ask for such a share of what the server can do; above 1 its queue grows to the end."""
    return Case(
        f"an open loop that asks for {utilisation:.0%} of what {OPEN_SLOTS} slots can do",
        _server(slots=OPEN_SLOTS, overhead_s=OPEN_MEAN_S / 2, jitter="exponential", jitter_s=OPEN_MEAN_S / 2),
        _load(OPEN_SLOTS, measured, load={"rate": utilisation * OPEN_SLOTS / OPEN_MEAN_S, "max_in_flight": 200}),
    )


_SPEECH: dict[str, Any] = {"audio": {"duration": 10.0, "source": "speech"}, "seed": 14}
HEARD = Case("every word heard", _server(slots=4, overhead_s=0.05, hears=True), _load(4, 60, **_SPEECH))
MISHEARD = Case(
    "a tenth of the words wrong", _server(slots=4, overhead_s=0.05, hears=True, wer=0.1), _load(4, 60, **_SPEECH)
)
MISTAKEN = Case(
    "swapped, truncated and looping answers",
    _server(slots=8, overhead_s=0.08, hears=True, wer=0.02, swap_rate=0.15, truncate_rate=0.1, loop_rate=0.1),
    _load(8, 100, **_SPEECH),
)

USER_CLASSES = ("SttUser", "FastSttUser")
TRIALS = (
    *(Trial(case, Subject(name)) for name in USER_CLASSES for case in (FIXED, QUEUE, FAILURES, STREAMS)),
    *(Trial(EVERYTHING, Subject(name, workers=2)) for name in USER_CLASSES),
    Trial(BATCHES, Subject("FastSttUser")),
    Trial(LENGTHS, Subject("SttUser")),
    Trial(LENGTHS, Subject("FastSttUser", workers=2)),
    Trial(HEARD, Subject("FastSttUser")),
    Trial(MISHEARD, Subject("SttUser")),
    Trial(MISTAKEN, Subject("FastSttUser")),
    Trial(MISTAKEN, Subject("SttUser", workers=2)),
    Trial(open_loop(0.7), Subject("FastSttUser")),
    Trial(open_loop(1.2), Subject("SttUser")),
    Trial(open_loop(0.9), Subject("FastSttUser", workers=2)),
    *(Trial(PACE, Subject(name)) for name in USER_CLASSES),
)
