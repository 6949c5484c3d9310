"""A worker's rows on their way to the master: in their order, until it has said that it has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.samples.table import SampleTable

CHARACTERS_AT_ONCE = 250_000
"""Of texts in one message, and those of the last one beyond; and as many of transcripts."""
UNANSWERED_S = 5.0
"""Rows that have not been acknowledged after this long are sent again."""


class RowSender:
    """What of a table has been sent, and what the master has of it.

    settle: how many rows are as they are to be, from the first on. post: sends a message of this run, or raises.
    beside: what goes with the rows; gets whether they are the last. ended: the last row has been sent, or is about to
    be. done: the master has said that it has it. hide: takes secrets out of a transcript.
    """

    def __init__(
        self,
        table: SampleTable,
        settle: Callable[[], int],
        post: Callable[[str, Data], None],
        beside: Callable[[bool], Data],
        hide: Callable[[str], str] = str,
    ) -> None:
        self.ended = self.done = False
        self._table = table
        self._settle = settle
        self._post = post
        self._beside = beside
        self._hide = hide
        self._transcripts: dict[int, str] = {}
        self._sent = self._acknowledged = self._sent_texts = 0
        self._sent_s = 0.0

    @property
    def unsettled(self) -> bool:
        """There are rows that have not been sent yet."""
        return self._sent < len(self._table)

    @property
    def unanswered(self) -> bool:
        """The master should have acknowledged by now what was sent."""
        owed = self._acknowledged < self._sent or (self.ended and not self.done)
        return owed and clock() - self._sent_s > UNANSWERED_S

    def add_transcript(self, row: int, text: str) -> None:
        """What was answered to the request of that row, which goes with it, and leaves the memory with it."""
        self._transcripts[row] = text

    def on_ack(self, data: Data) -> int:
        """The master tells how many rows it has. Returns how many of them are news."""
        news: int = max(0, data["rows"] - self._acknowledged)
        for row in range(self._acknowledged, self._acknowledged + news):
            self._transcripts.pop(row, None)
        self._acknowledged += news
        self.done = data["ended"]
        return news

    def rewind(self) -> None:
        """All that is not acknowledged is to be sent again."""
        self._sent, self._sent_texts = self._acknowledged, 0

    def send(self) -> None:
        """Those that are settled, after the texts that they point to; the others when they are."""
        while self._sent < (settled := self._settle()) or self.ended:
            samples = self._table.snapshot(self._sent, self._fitting(settled - self._sent))
            texts = _some(samples.texts[self._sent_texts :])
            whole = self._sent_texts + len(texts) == len(samples.texts)
            if not whole:
                samples = self._table.snapshot(self._sent, 0)  # the rows, when all are there
            stop = self._sent + len(samples)
            last = self.ended and whole and stop == len(self._table)
            self._sent_s = clock()
            rows = {"first": self._sent, "rows": protocol.pack_rows(samples), "last": last}
            rows["transcripts"] = [
                [row - self._sent, self._hide(self._transcripts[row])]
                for row in range(self._sent, stop)
                if row in self._transcripts
            ]
            self._post(protocol.SAMPLES, rows | {"texts_from": self._sent_texts, "texts": texts} | self._beside(last))
            self._sent, self._sent_texts = stop, self._sent_texts + len(texts)
            if last:
                return

    def _fitting(self, settled: int) -> int:
        """How many rows go into one message, of so many: no more than their transcripts leave room for."""
        most = min(protocol.ROWS_AT_ONCE, settled)
        if not self._transcripts:
            return most
        size = 0
        for count in range(most):
            if size > CHARACTERS_AT_ONCE:
                return count
            size += len(self._transcripts.get(self._sent + count, ""))
        return most


def _some(texts: Sequence[str]) -> list[str]:
    """The first of `texts`, as many as are sent at once."""
    some, size = [], 0
    for text in texts:
        if size > CHARACTERS_AT_ONCE:
            break
        some.append(text)
        size += len(text)
    return some
