"""What Locust's screens on a master count of our requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from locust.stats import RequestStats, StatsEntry

from stt_load.samples.sample import Sample


class Reports:
    """What Locust's screens on a master count.

    Locust's workers report sums now and then, and take the last ones with them when they die; the clock of its rates
    begins at the earliest time that any of them names. The requests of this suite are known to the master one by one:
    it counts them itself, and leaves them out of the reports. Other requests of the user's own stay in.
    """

    METHOD = "POST"

    def __init__(self) -> None:
        self.name = ""
        self._since = 0.0

    def begin_anew(self, stats: RequestStats) -> None:
        stats.reset_all()
        self._since = stats.total.start_time

    def count(self, stats: RequestStats, sample: Sample, error: Exception | None) -> None:
        """A request that counts; error: what the screens show of its failure."""
        response_ms: Any = (sample.done_s - sample.start_s) * 1_000  # as its own users tell it: not only whole ones
        stats.log_request(self.METHOD, self.name, response_ms, sample.download_bytes)
        if error is not None:
            stats.log_error(self.METHOD, self.name, error)

    def on_worker_report(self, data: dict[str, Any], **_: Any) -> None:
        """To be listened to before Locust does."""
        data["stats"] = [entry for entry in data["stats"] if not self._is_ours(entry)]
        data["errors"] = {key: error for key, error in data["errors"].items() if not self._is_ours(error)}
        total = StatsEntry(RequestStats(), "Aggregated", "")
        for entry in data["stats"]:
            entry["start_time"] = max(entry["start_time"], self._since)
            total.extend(StatsEntry.unserialize(entry, RequestStats()))
        data["stats_total"] = total.serialize()

    def _is_ours(self, entry: Mapping[str, Any]) -> bool:
        return (entry["name"], entry["method"]) == (self.name, self.METHOD)
