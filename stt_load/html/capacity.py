"""What a run of levels has found: the answer in its sentence and in other units, and the figures at each load as
curves."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.html.blocks import Block, Fact, Facts, Items, Text
from stt_load.html.load_curve import curves
from stt_load.html.page import Section
from stt_load.report import answer, at_load, levels_report
from stt_load.report.messages import Messages
from stt_load.samples.levels import Axis
from stt_load.storage.levels_record import LevelsRecord

OWN: dict[Axis, str] = {"users": "in_flight", "rate": "rate", "audio_rate": "audio"}
"""Which of the numbers that a load means is its own."""


def capacity(say: Messages, record: LevelsRecord) -> Section | None:
    """None where no level was tried."""
    if not record.levels:
        return None
    found, blocks = record.capacity, list[Block]()
    beside = list(levels_report.beside_it(say, record))
    if found is not None:
        sentence = answer.sentence(say, record) or ""
        blocks.append(Text(f"{sentence[:1].upper()}{sentence[1:]}."))
        beside = [*levels_report.asked(say, record, found), *beside]
    blocks.append(Items(tuple((text, ()) for text in beside)))
    if meant := tuple(_meant(say, record)):
        blocks.append(Facts(meant))
    title = say("tables.sweep" if found is None else "tables.capacity")
    return Section("capacity", title, (*blocks, *curves(say, record)))


def _meant(say: Messages, record: LevelsRecord) -> Iterator[Fact]:
    """What the load that is carried means, in each unit, by Little's law (`report.at_load`), and what an hour
    of audio costs then, where a price is known."""
    found = record.capacity
    level = None if found is None or found.carries is None else answer.level_at(record, found.carries, "pass")
    numbers = None if level is None else at_load.at_load(level)
    if found is None or found.carries is None or numbers is None:
        return
    written = at_load.means(say, numbers)
    for name in ("in_flight", "rate", "mean", "audio", "hours"):
        if written[name] == at_load.fine(found.carries) and name == OWN[found.axis]:
            continue  # which the verdict has
        yield Fact(say(f"tables.meant_{name}"), written[name], say(f"tables.about_meant_{name}"))
    price = at_load.audio_hour(record.config.get("cost"), numbers.audio_per_s)
    if price is not None:
        yield Fact(say("tables.meant_cost"), at_load.fine(price), say("tables.about_meant_cost"))
