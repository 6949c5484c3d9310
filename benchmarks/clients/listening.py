"""For locustfiles: notes what Locust tells of each request."""

from __future__ import annotations

from typing import Any

from locust import events

from benchmarks.clients.terms import seen_s, tell


@events.request.add_listener
def _note(response_time: float, exception: BaseException | None, **_: Any) -> None:
    if exception is not None:
        raise SystemExit(f"a request failed: {exception!r}")
    seen_s.append(response_time / 1_000)


@events.quitting.add_listener
def _tell(**_: Any) -> None:
    tell()
