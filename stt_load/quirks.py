"""Locust's ways that this suite changes or works around, each with its reason."""

from __future__ import annotations

import inspect
import logging

import gevent
import locust.stats

CSV_PERIOD_S = locust.stats.CSV_STATS_INTERVAL_SEC
NEVER_S = 3600


def settle(*, locust_stats: bool) -> None:
    """To be called once, before a run. locust_stats: Locust's own tables are wanted, too."""
    locust.stats.PERCENTILES_TO_CHART[:] = [0.5, 0.95, 0.99]
    # Locust's percentiles come from rounded times, by default 12.4 s as 12; it lets that be replaced.
    locust.stats.bucket_response_time = _whole_ms
    logging.getLogger("locust.runners").addFilter(_not_about_spawn_rate)
    logging.getLogger("locust.stats_logger").disabled = not locust_stats
    # A service's malformed headers are its own affair; urllib3 warns of them once for each answer.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    # Locust looks at the stack when it stops, and the first look takes tens of milliseconds of everyone's time.
    inspect.stack()


def write_last_csv() -> None:
    """Locust writes its CSV once a second, and not at the end; then it closes the files under the writer.

    So the writer gets the time to write once more, and doesn't come back. May be called again.
    """
    locust.stats.CSV_STATS_INTERVAL_SEC = NEVER_S
    gevent.sleep(CSV_PERIOD_S + 0.1)


def _whole_ms(response_time: float) -> int:
    return round(response_time)


def _not_about_spawn_rate(record: logging.LogRecord) -> bool:
    """Spawning everyone at once is this suite's default; Locust's warning about it is for other uses."""
    return not str(record.msg).startswith("Your selected spawn rate is very high")
