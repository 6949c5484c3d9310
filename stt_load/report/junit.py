"""The cases of a run as JUnit XML, in the dialect that CI systems agree on.

There is no norm. Jenkins, GitLab, GitHub actions and Azure all read `testsuites`, `testsuite` with its counts and
`properties`, and `testcase` with at most one of `failure`, `error` and `skipped`, and `system-out` beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from stt_load.report.cases import Case
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say, not even by number (section 2.2)."""
_IN_ATTRIBUTES: Mapping[str, str] = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
"""A reader of XML would make blanks of the last three."""

ANSWER = ("axis", "carries", "fails_at", "binding", "boundary", "mode")
"""What a search has found, of which a property tells."""


def junit(run: RunRecord | LevelsRecord, found: Sequence[Case]) -> str:
    """The document, a suite for each group of cases. Its times are the run's: cases take none of their own."""
    seconds = _seconds(run)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{_counts(found, seconds, 'stt-load')}>"]
    for group in dict.fromkeys(case.group for case in found):
        some = [case for case in found if case.group == group]
        suite = _counts(some, seconds, f"stt-load.{group}") + _attributes(
            timestamp=_local(run.info.started_at), hostname=run.info.host.get("name") or ""
        )
        properties = _properties(run) if group == "run" else ()
        lines += [f"  <testsuite{suite}>", *properties, *(line for case in some for line in _case(case))]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _case(case: Case) -> Iterator[str]:
    attributes = _attributes(classname=f"stt-load.{case.group}", name=case.name, time="0")
    said = case.said or ""
    match case.outcome:
        case "failed" | "error":
            tag = "failure" if case.outcome == "failed" else "error"
            yield f"    <testcase{attributes}>"
            yield f"      <{tag}{_attributes(message=said, type=case.group)}>{_text(said)}</{tag}>"
            yield "    </testcase>"
        case "skipped":
            yield f"    <testcase{attributes}>"
            yield f"      <skipped{_attributes(message=said)}/>"
            yield "    </testcase>"
        case _ if said:
            yield f"    <testcase{attributes}>"
            yield f"      <system-out>{_text(said)}</system-out>"
            yield "    </testcase>"
        case _:
            yield f"    <testcase{attributes}/>"


def _counts(found: Sequence[Case], seconds: str, name: str) -> str:
    outcomes = [case.outcome for case in found]
    return _attributes(
        name=name,
        tests=str(len(found)),
        failures=str(outcomes.count("failed")),
        errors=str(outcomes.count("error")),
        skipped=str(outcomes.count("skipped")),
        time=seconds,
    )


def _properties(run: RunRecord | LevelsRecord) -> Iterator[str]:
    """What was measured, with what, and where the rest of it is."""
    values: dict[str, str | float | None] = {
        "version": run.info.version,
        "target": run.info.target,
        "seed": run.info.seed,
        "load": "levels" if isinstance(run, LevelsRecord) else run.info.load.model,
        "result": None if run.path is None else run.path.name,
    }
    values |= _of_levels(run) if isinstance(run, LevelsRecord) else _of_run(run)
    yield "    <properties>"
    for name, value in values.items():
        if value is not None:
            shown = f"{value:.6g}" if isinstance(value, float) else str(value)
            yield f"      <property{_attributes(name=name, value=shown)}/>"
    yield "    </properties>"


def _of_run(run: RunRecord) -> dict[str, str | float | None]:
    metrics = run.summary.metrics
    return {
        "verdict": run.summary.validity.verdict,
        "requests": metrics.requests.total,
        "error_rate": metrics.error_rate,
        "throughput_rps": metrics.throughput_rps,
        "response_time_s.median": metrics.response_time_s.median,
        "response_time_s.p95": metrics.response_time_s.p95,
        "response_time_s.p99": metrics.response_time_s.p99,
    }


def _of_levels(record: LevelsRecord) -> dict[str, str | float | None]:
    found = record.capacity
    answer = {} if found is None else {f"capacity.{name}": getattr(found, name) for name in ANSWER}
    return {"levels": len(record.levels), **answer}


def _seconds(run: RunRecord | LevelsRecord) -> str:
    """How long the run took, by the wall clock; 0 where its end is not known."""
    if run.info.ended_at is None:
        return "0"
    took = datetime.fromisoformat(run.info.ended_at) - datetime.fromisoformat(run.info.started_at)
    return f"{max(0.0, took.total_seconds()):.3f}"


def _local(instant: str) -> str:
    """As JUnit has it: of the host's clock, without its offset and without parts of a second."""
    return datetime.fromisoformat(instant).replace(tzinfo=None).isoformat(timespec="seconds")


def _attributes(**values: str | int) -> str:
    return "".join(f' {name}="{escape(_known(str(value)), _IN_ATTRIBUTES)}"' for name, value in values.items())


def _text(text: str) -> str:
    return escape(_known(text))


def _known(text: str) -> str:
    """`text` with a replacement character for each that XML has not."""
    return _NOT_IN_XML.sub("\ufffd", text)
