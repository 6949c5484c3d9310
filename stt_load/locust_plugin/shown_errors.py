"""What Locust's screens show of a failure: its kind, and what was said."""

from __future__ import annotations

from typing import cast

from locust.env import Environment

from stt_load.report.width import plain, shorten
from stt_load.samples.sample import Sample

MOST_WORDS = 20
"""Locust keeps, shows and sends on one entry for each text. What a service says may be another one each time, as with
the request's id in it: of each kind of failure so many are shown, and the rest in one entry."""
LONGEST = 300
OTHER_WORDS = "something else each time"


class RequestError(Exception):
    """The text as Locust's screens show it."""

    def __repr__(self) -> str:
        return str(self)


class ShownErrors:
    """Those of one run, few enough for Locust's tables."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, str]] = {}

    def of(self, sample: Sample) -> RequestError | None:
        """None where it is no failure."""
        if sample.error_kind is None:
            return None
        kind = sample.error_kind + (f" (HTTP {sample.status})" if sample.status else "")
        if not sample.error:
            return RequestError(kind)
        shown = self._shown.setdefault(kind, {})
        if sample.error not in shown:
            if len(shown) == MOST_WORDS:
                return RequestError(f"{kind}: {OTHER_WORDS}")
            # Once for each text: character by character it takes as long as the rest of a request. The status stands
            # before them already.
            words = shorten(plain(sample.error).removeprefix(f"HTTP {sample.status} "), LONGEST)
            shown[sample.error] = f"{kind}: {words}" if words else kind
        return RequestError(shown[sample.error])


def begin(environment: Environment) -> None:
    """Another run has begun in this process."""
    environment.stt_errors = ShownErrors()  # type: ignore[attr-defined]


def of(environment: Environment, sample: Sample) -> RequestError | None:
    """What the screens show of `sample`, one of the run that `begin` was called for."""
    return cast(ShownErrors, environment.stt_errors).of(sample)  # type: ignore[attr-defined]
