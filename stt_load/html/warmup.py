"""How the warm-up went, which is in no other figure."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.html.accuracy import LONGEST, compared
from stt_load.html.blocks import Block, Fact, Facts, Pairs, Table, Text, Tone
from stt_load.html.page import Section
from stt_load.report.messages import Messages
from stt_load.report.width import plain, shorten
from stt_load.storage.run_record import RunRecord


def warmup(say: Messages, run: RunRecord) -> Section | None:
    """Its counts and times, and what was heard first; None of a run without one."""
    found = run.summary.warmup
    if not found.requests:
        return None
    tone: Tone = "bad" if found.failed else "plain"
    cut = say("tables.cut_off", n=found.unfinished) if found.unfinished else ""
    facts = [
        Fact(say("tables.warm_requests"), str(found.requests), cut),
        Fact(say("tables.warm_failed"), str(found.failed), tone=tone),
        Fact(say("tables.warm_lasted"), say.duration(found.duration_s)),
    ]
    if found.succeeded:
        facts.append(Fact(say("tables.warm_mean"), say.seconds(found.mean_s)))
        facts.append(Fact(say("tables.warm_first"), say.duration(found.first_success_s)))
    blocks: list[Block] = [Text(say("tables.warm_about")), Facts(tuple(facts))]
    kinds = sorted(found.failures.items(), key=lambda one: -one[1])
    if kinds:
        heads = (say("tables.kind"), say("tables.count"))
        rows = tuple((say(f"kind.{kind}"), str(count)) for kind, count in kinds)
        blocks.append(Table(say("tables.warm_failures"), heads, rows))
    blocks += _first_answer(say, run)
    return Section("warmup", say("progress.warmup"), tuple(blocks))


def _first_answer(say: Messages, run: RunRecord) -> Iterator[Block]:
    """What was said and heard, as far as it is known: whether the service hears at all is seen there."""
    said, heard = run.info.first_said, run.info.first_transcript
    if heard is None:
        return
    if said is None:
        text = shorten(plain(heard), LONGEST) or say("warmup.empty")
        yield Text(say("tables.first_heard", heard=text))
        return
    pair = compared(say, say("tables.first_answer"), said, heard)
    yield Pairs(say("accuracy.said"), say("accuracy.heard"), (pair,))
