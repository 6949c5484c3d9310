"""What comes in at a master's socket, from whomever: what is no message of a worker goes no further.

Whoever can reach the port can send anything, as Locust's connection knows no passwords. A socket of zmq's kind ROUTER
gives each message the identity of its sender, which nobody else can have while that one is connected: what a message
says of itself is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgpack  # type: ignore[import-untyped]

from stt_load.cluster import checks, messages
from stt_load.cluster.checks import InvalidMessage, shown
from stt_load.cluster.messages import MessageKind

LONGEST_NAME = 255
MOST_WORKERS = 10_000
"""Identities that are known as workers', in all the time of a master."""
MOST_REFUSED = 10_000
"""Identities that are remembered as those of somebody who is not listened to; after that, the latest ones."""
MOST_PARTS = 250_000
"""Mappings and lists in one message: each takes many times the byte that an empty one has on the wire."""
AT_ONCE = 20
"""So often a worker may come and go at once, and once a second after that."""


class Ignored(InvalidMessage):
    """Nobody listens to that: it is passed over. A locustfile of somebody's own may say it, and mean no harm."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that has its shape. sender: the identity that it really came from. trimmed: not all of it is left."""

    sender: str
    kind: str
    data: Any
    trimmed: bool = False


class MessageFilter:
    """Checks one message after the other, and remembers who is known and who is refused.

    decode: what Locust makes of a mapping. custom_kinds: kinds that others listen to; what those say is their affair.
    """

    def __init__(self, decode: Callable[[Any], Any], custom_kinds: Callable[[], Collection[str]]) -> None:
        self._decode = decode
        self._custom_kinds = custom_kinds
        self._known: set[str] = set()
        self._refused: dict[bytes, None] = {}
        self._comings: dict[str, tuple[float, float]] = {}

    def knows(self, sender: str) -> bool:
        """Whether it has registered as a worker."""
        return sender in self._known

    def is_refused(self, identity: bytes) -> bool:
        return identity in self._refused

    def refuse(self, identity: bytes) -> None:
        """Nothing that comes from it is looked at any more."""
        self._refused[identity] = None
        if len(self._refused) > MOST_REFUSED:
            del self._refused[next(iter(self._refused))]

    def take(self, frames: Sequence[bytes], now_s: float) -> Received:
        """The message that `frames` are, the first of them being the identity of its sender.

        Raises `InvalidMessage` for what no worker says.
        """
        sender = name_of(frames[0])
        if len(frames) != 2:
            raise InvalidMessage(f"it sends messages of {len(frames) - 1} parts, where Locust's have one")
        if not sender or len(sender) > LONGEST_NAME or sender.encode() != frames[0] or not sender.isprintable():
            raise InvalidMessage("it has no name that a worker could have")
        kind = kind_of(frames[1])
        allowed = self._allowed(sender, kind, len(frames[1]))
        data = self._read(frames[1], sender)
        allowed.shape(kind, data)
        if kind == "logs" and data["worker_id"] != sender:
            raise InvalidMessage(f"it sends logs as those of {shown(data['worker_id'])}")
        self._note(sender, kind, now_s)
        return Received(sender, kind, data, kind == "stats" and messages.trim(data))

    def _allowed(self, sender: str, kind: str, size: int) -> MessageKind:
        """What a message of this kind may be; raises `InvalidMessage` where there can be none, or none so large."""
        if not self.knows(sender) and kind not in messages.BEFORE_REGISTRATION:
            raise InvalidMessage(f"it sends {shown(kind)}, and has not registered as a worker")
        allowed = _ALL.get(kind, _FOREIGN)
        if allowed is _FOREIGN and kind not in self._custom_kinds():
            raise Ignored(f"it sends messages of a kind that nobody listens to: {shown(kind)}")
        if size > allowed.most_bytes:
            raise InvalidMessage(f"it sends {kind} of {size} bytes, where {allowed.most_bytes} are the most")
        return allowed

    def _read(self, packed: bytes, sender: str) -> Any:
        """What the message says; raises `InvalidMessage` where it is none, or says to be from somebody else."""
        parts = count(1)

        def counted(part: Any) -> Any:
            if next(parts) > MOST_PARTS:
                raise ValueError(f"more than {MOST_PARTS} mappings and lists")
            return part

        try:
            message = msgpack.unpackb(
                packed,
                strict_map_key=False,
                object_hook=lambda part: self._decode(counted(part)),
                list_hook=counted,
                max_array_len=MOST_PARTS,
                max_map_len=MOST_PARTS,
                max_ext_len=0,
            )
        except Exception as error:  # of many kinds, as is what can be wrong
            raise InvalidMessage(
                f"it sends what is no message ({type(error).__name__}: {shown(str(error))})"
            ) from None
        if message[2] != sender:
            raise InvalidMessage(f"it says to be {shown(message[2])}")
        return message[1]

    def _note(self, sender: str, kind: str, now_s: float) -> None:
        """Who registers is known from now on. Raises `InvalidMessage` where that is done too often."""
        if kind not in messages.COMING_AND_GOING:
            return
        if kind == "client_ready" and len(self._known) >= MOST_WORKERS and sender not in self._known:
            raise InvalidMessage(f"there have been {MOST_WORKERS} workers already")
        left, at_s = self._comings.get(sender, (float(AT_ONCE), now_s))
        left = min(float(AT_ONCE), left + now_s - at_s) - 1
        if left < 0:
            raise InvalidMessage("it comes and goes all the time")
        if kind == "client_ready":
            self._known.add(sender)
        if sender in self._known:
            self._comings[sender] = left, now_s


_ALL: Mapping[str, MessageKind] = {**messages.LOCUSTS, **messages.OURS}
_FOREIGN = MessageKind(checks.anything, messages.LARGEST)


def name_of(identity: bytes) -> str:
    """As a text; zmq makes up an identity, which is none, for those that have no own."""
    return identity.decode("utf-8", "backslashreplace")


def kind_of(packed: bytes) -> str:
    """The kind of a message, which Locust packs as a list of kind, data and sender, before the rest of it is read.

    https://github.com/msgpack/msgpack/blob/master/spec.md: 0x93 is a list of three, 0xa0 and more a text of so many
    bytes, 0xd9 one whose length is the next byte.
    """
    length, begin = -1, 2
    if len(packed) > 2 and packed[0] == 0x93:
        if 0xA0 <= packed[1] <= 0xBF:
            length = packed[1] - 0xA0
        elif packed[1] == 0xD9:
            length, begin = packed[2], 3
    if length < 0 or len(packed) < begin + length:
        raise InvalidMessage("it sends what is no message of Locust's")
    try:
        return packed[begin : begin + length].decode()
    except UnicodeDecodeError:
        raise InvalidMessage("it sends what is no message of Locust's") from None
