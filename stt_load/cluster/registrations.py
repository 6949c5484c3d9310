"""Who has registered with a master, and may be given users: who has introduced himself.

Locust gives users to whoever says `client_ready`, which anybody can. So that word is kept from it until the sender
has said this suite's hello and is welcome, which a worker does as soon as its registration is acknowledged. Until
then Locust hears nothing else of it, either.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from stt_load.cluster.messages import LOCUSTS

ALIVE_S = 3.0
"""A worker's heartbeat comes once a second."""


@dataclass(slots=True)
class _Registration:
    """version: what it said when it registered. beat_s: when its last heartbeat came."""

    version: Any
    beat_s: float | None = None


class Registrations:
    """A pure machine; instants are those of the caller's clock, in seconds."""

    def __init__(self) -> None:
        self._pending: dict[str, _Registration] = {}
        self._accepted: set[str] = set()

    @property
    def pending(self) -> Set[str]:
        """Those that have registered and are not accepted."""
        return self._pending.keys()

    def is_alive(self, sender: str, now_s: float) -> bool:
        """Whether it is one of those, and sends heartbeats as Locust's workers do."""
        registration = self._pending.get(sender)
        return registration is not None and registration.beat_s is not None and now_s - registration.beat_s < ALIVE_S

    def passes(self, sender: str, kind: str, data: Any, now_s: float) -> bool:
        """Whether Locust is to hear this message: of who is not accepted only what is no word of its own."""
        if sender in self._accepted or kind == "locustfile" or kind not in LOCUSTS:
            return True
        if kind == "client_ready":
            self._pending[sender] = _Registration(data)
        elif kind in ("quit", "client_stopped"):
            self._pending.pop(sender, None)
        elif kind == "heartbeat" and sender in self._pending:
            self._pending[sender].beat_s = now_s
        return False

    def accept(self, sender: str) -> Any:
        """It has introduced itself. The `client_ready` that Locust is to hear now; None where there is none."""
        self._accepted.add(sender)
        registration = self._pending.pop(sender, None)
        return None if registration is None else registration.version

    def forget(self, sender: str) -> None:
        """It is gone, or refused: should it register again, it has to introduce itself."""
        self._accepted.discard(sender)
        self._pending.pop(sender, None)
