"""The gate of a run that is about to begin: read, and held against what is asked for, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stt_load.comparison.conditions import conditions
from stt_load.config import Config, ConfigError
from stt_load.config.faults import Fault
from stt_load.config.gate_rules import gate_file
from stt_load.gates.file import GateFileError, read
from stt_load.gates.likeness import differing
from stt_load.run.order import Order
from stt_load.run.run import begun
from stt_load.samples.fields import ROW
from stt_load.samples.gate import RunGate
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord


def gate_of(config: Config) -> RunGate | None:
    """The gate that a run is to be held against, if any. Raises `ConfigError` where it can't be read."""
    file = gate_file(config)
    if file is None:
        return None
    try:
        return RunGate(file, read(Path(file)))
    except GateFileError as error:
        raise ConfigError([Fault("slo", f"names {file}, which {fault}", "file") for fault in error.faults]) from None


def check(order: Order, users: int, user_class: str) -> None:
    """Raises `ConfigError`, with all that differs, unless the run is of the kind that its gate was learnt from."""
    if order.gate is None:
        return
    planned = RunRecord(begun(order, (), users, user_class), order.shown, Samples(np.empty(0, ROW)), None)
    found = differing(order.gate.learnt, conditions(planned))
    if found:
        raise ConfigError([Fault(order.gate.file, str(one)) for one in found])
