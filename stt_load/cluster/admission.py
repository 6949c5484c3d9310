"""Who has registered with a master, and may be given users: who has introduced himself.

Locust gives users to whoever says `client_ready`, which anybody can. So that word is kept from it until the sender
has said this suite's hello and is welcome, which a worker does as soon as its registration is acknowledged. Until
then Locust hears nothing else of it, either.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from stt_load.cluster.decoding import LOCUSTS

ALIVE_S = 3.0
"""A worker's heartbeat comes once a second."""
_HEARD = frozenset({"locustfile"})


@dataclass(slots=True)
class _Held:
    """version: what it said when it registered. beat_s: when its last heartbeat came."""

    version: Any
    beat_s: float | None = None


class Admission:
    """A pure machine; instants are those of the caller's clock, in seconds."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._admitted: set[str] = set()

    @property
    def held(self) -> Set[str]:
        """Those that have registered and are not admitted."""
        return self._held.keys()

    def speaks(self, sender: str, now_s: float) -> bool:
        """Whether it is one of those, and sends heartbeats as Locust's workers do."""
        held = self._held.get(sender)
        return held is not None and held.beat_s is not None and now_s - held.beat_s < ALIVE_S

    def hears(self, sender: str, kind: str, data: Any, now_s: float) -> bool:
        """Whether Locust is to hear this message: of who is not admitted only what is no word of its own."""
        if sender in self._admitted or kind in _HEARD or kind not in LOCUSTS:
            return True
        if kind == "client_ready":
            self._held[sender] = _Held(data)
        elif kind in ("quit", "client_stopped"):
            self._held.pop(sender, None)
        elif kind == "heartbeat" and sender in self._held:
            self._held[sender].beat_s = now_s
        return False

    def admit(self, sender: str) -> Any:
        """It has introduced itself. The `client_ready` that Locust is to hear now; None where there is none."""
        self._admitted.add(sender)
        held = self._held.pop(sender, None)
        return None if held is None else held.version

    def forget(self, sender: str) -> None:
        """It is gone, or refused: should it register again, it has to install_handshake itself."""
        self._admitted.discard(sender)
        self._held.pop(sender, None)
