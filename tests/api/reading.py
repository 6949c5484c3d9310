"""An answer's bytes read in pieces, to one value that can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from stt_load.client.http1 import AnswerReader, BadHttp, Head, Incomplete


class Whole(NamedTuple):
    """reusable: as the reader says before the connection is closed."""

    status: int
    content: bytes
    reusable: bool


class Cut(NamedTuple):
    begun: bool


class Bad(NamedTuple):
    """Pieces may be told apart by what the message cites, so it is not compared."""

    message: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bad)

    def __hash__(self) -> int:
        return 0


def read(pieces: Iterable[bytes], method: str = "POST") -> Whole | Cut | Bad:
    """What comes of them where the peer closes the connection after the last one."""
    return reading(pieces, method)[0]


def head_of(data: bytes) -> Head:
    """The head of an answer that begins with `data`."""
    head = reading([data], "POST")[1]
    assert head is not None
    return head


def reading(pieces: Iterable[bytes], method: str) -> tuple[Whole | Cut | Bad, Head | None]:
    reader = AnswerReader(method)
    content = []
    try:
        for piece in filter(None, pieces):
            reader.feed(piece)
            content.append(reader.take())
        reusable = reader.reusable
        reader.end()
    except Incomplete as error:
        return Cut(error.begun), reader.head
    except BadHttp as error:
        return Bad(str(error)), reader.head
    assert reader.head is not None
    assert reader.done
    assert not reader.reusable
    return Whole(reader.head.status, b"".join(content), reusable), reader.head


def in_pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
