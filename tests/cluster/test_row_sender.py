"""A worker's rows on their way: each once, after its texts, and again until the master has them."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.cluster import protocol, row_sender
from stt_load.cluster.row_sender import RowSender
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import SampleTable
from tests.cluster.conversation import sample_of


class Sending:
    def __init__(self) -> None:
        self.table = SampleTable()
        self.settled = 0
        self.sent: list[dict[str, Any]] = []
        self.rows = RowSender(
            self.table, lambda: self.settled, self._post, lambda last: {"held": [] if last else None}
        )

    def _post(self, kind: str, data: dict[str, Any]) -> None:
        assert kind == protocol.SAMPLES
        self.sent.append(data)

    def add(self, rows: int, error: ErrorKind | None = None) -> None:
        for _ in range(rows):
            iteration = Iteration(len(self.table), 0, Phase.MEASURED)
            self.table.append(sample_of(iteration, 1.0, 2.0, error))

    def placed(self) -> list[tuple[int, int]]:
        """From which row on each message tells, and how many."""
        told = [(data["first"], protocol.unpack_rows(data["rows"], tuple(data["texts"]))) for data in self.sent]
        return [(first, len(rows)) for first, rows in told]


def test_only_what_is_settled_is_sent_and_in_messages_of_bounded_size() -> None:
    sending = Sending()
    sending.add(protocol.ROWS_AT_ONCE + 5)
    sending.rows.send()
    assert sending.sent == []
    sending.settled = protocol.ROWS_AT_ONCE + 2
    sending.rows.send()
    assert sending.placed() == [(0, protocol.ROWS_AT_ONCE), (protocol.ROWS_AT_ONCE, 2)]
    assert sending.rows.unsettled
    sending.rows.send()
    assert len(sending.sent) == 2


def test_the_last_row_is_marked_and_the_end_is_said_even_without_rows() -> None:
    sending = Sending()
    sending.rows.ended = True
    sending.rows.send()
    assert [(data["last"], data["held"]) for data in sending.sent] == [(True, [])]
    assert not sending.rows.done
    assert sending.rows.on_ack({"rows": 0, "ended": True}) == 0
    assert sending.rows.done


def test_an_acknowledgement_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sender, "UNANSWERED_S", 0.0)
    sending = Sending()
    sending.add(3)
    sending.settled = 3
    sending.rows.send()
    assert sending.rows.unanswered
    assert [sending.rows.on_ack({"rows": rows, "ended": False}) for rows in (2, 2, 1, 3)] == [2, 0, 0, 1]
    assert not sending.rows.unanswered


def test_what_is_sent_again_begins_after_what_is_acknowledged_with_all_texts() -> None:
    sending = Sending()
    sending.add(3, ErrorKind.SHED)
    sending.settled = 3
    sending.rows.send()
    sending.rows.on_ack({"rows": 2, "ended": False})
    sending.rows.rewind()
    sending.rows.send()
    assert sending.sent[-1]["first"] == 2
    assert (sending.sent[-1]["texts_from"], sending.sent[-1]["texts"]) == (0, sending.sent[0]["texts"])
