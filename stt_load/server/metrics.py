"""The server's own counters in the Prometheus text format 0.0.4.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from time import process_time

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counts answers on the audio routes by status, and how long services took."""

    def __init__(self) -> None:
        self._statuses: Counter[int] = Counter()
        self._service_counts = [0] * (len(BOUNDS_S) + 1)
        self._service_sum_s = 0.0

    def answered(self, status: int) -> None:
        self._statuses[status] += 1

    def served(self, service_s: float) -> None:
        """Count a service that took `service_s` seconds."""
        self._service_counts[bisect_left(BOUNDS_S, service_s)] += 1
        self._service_sum_s += service_s

    def render(self, in_flight: int, waiting: int) -> str:
        """The page, with these two gauges: requests arrived and not answered, and those of them in the queue."""
        lines = _family("requests_total", "counter", "Answered audio requests by HTTP status.")
        lines += [f'{_PREFIX}requests_total{{status="{code}"}} {n}' for code, n in sorted(self._statuses.items())]
        lines += _family("in_flight", "gauge", "Requests that wait or are in service.")
        lines += [f"{_PREFIX}in_flight {in_flight}"]
        lines += _family("queue_length", "gauge", "Requests that wait for a slot.")
        lines += [f"{_PREFIX}queue_length {waiting}"]
        # The name that Prometheus has for it in any process. https://prometheus.io/docs/instrumenting/writing_clientlibs/
        lines += [f"# HELP {_CPU} Processor time of this process, in seconds.", f"# TYPE {_CPU} counter"]
        lines += [f"{_CPU} {process_time():.3f}"]
        lines += _family("service_seconds", "histogram", "Time in a slot, without waiting.")
        cumulative = list(accumulate(self._service_counts))
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), cumulative, strict=True):
            lines.append(f'{_PREFIX}service_seconds_bucket{{le="{bound}"}} {count}')
        lines.append(f"{_PREFIX}service_seconds_sum {self._service_sum_s!r}")
        lines.append(f"{_PREFIX}service_seconds_count {cumulative[-1]}")
        return "\n".join(lines) + "\n"


def _family(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {_PREFIX}{name} {text}", f"# TYPE {_PREFIX}{name} {kind}"]


_PREFIX = "stt_server_"
_CPU = "process_cpu_seconds_total"
