"""A saved run, held against other SLOs than its own: limits, and a gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from stt_load.comparison.conditions import conditions
from stt_load.config.slo_values import parsed, slo, slo_text, slos_in
from stt_load.gates.file import GateFileError, read
from stt_load.gates.likeness import differing
from stt_load.samples.gate import RunGate
from stt_load.slo.parse import problems
from stt_load.storage.run_record import ReportError, RunRecord


def judged(saved: RunRecord, texts: Sequence[str] | None) -> RunRecord:
    """`saved`, held against the SLOs that `texts` say, as `--slo` takes them; against its own where they are None.
    Raises `ReportError`."""
    if texts is None:
        return saved
    entries: list[dict[str, Any]] = []
    for text in texts:
        try:
            entries += map(slo, slos_in(text))
        except ValueError as error:
            raise ReportError(f"--slo: `{text}` {error}") from None
    for place, problem in problems(map(parsed, entries)):
        raise ReportError(f"--slo: `{slo_text(entries[place : place + 1])}` {problem}")
    file = next((str(entry["file"]) for entry in entries if "file" in entry), None)
    gate = None if file is None else _gate(file, saved)
    return replace(saved, config=saved.config | {"slo": entries}, info=replace(saved.info, gate=gate), figures=None)


def _gate(file: str, saved: RunRecord) -> RunGate:
    """The gate in `file`, which is of such runs. Raises `ReportError`."""
    try:
        gate = read(Path(file))
    except GateFileError as error:
        raise ReportError("--slo: " + "; ".join(str(error).splitlines())) from None
    if found := differing(gate, conditions(saved)):
        raise ReportError(f"{saved.path} is of another kind than {file}: " + "; ".join(map(str, found)))
    return RunGate(file, gate)
