"""One run as a report sees it, whether it has just ended, was saved, or was killed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from stt_load.samples.generator import Generator, Stall, WorkerHealth
from stt_load.samples.run_info import Clock, RunInfo
from stt_load.samples.table import Samples
from stt_load.stats.model import Check, Summary, Validity
from stt_load.stats.summary import NOTHING, summarise

SCHEMA_VERSION = 2
CONFIG_KEYS = (
    "total_requests",
    "warmup_requests",
    "request_delay",
    "measure_for",
    "wait_ready",
    "audio_duration",
    "sample_rate",
    "api",
    "report",
    "validity",
)
"""What a report asks of the configuration."""


class ReportError(ValueError):
    """A file that no report can be made of; the text is one sentence for a person."""


@dataclass(frozen=True)
class RunRecord:
    """All that a report is made of.

    config: the configuration it had, secrets masked. samples: instants relative to the barrier (to the run's origin
    when that was never reached), rounded as the result has them, so that its figures can be computed again from it.
    path: the file it is in, None when it is in none. figures: where they are known already.
    """

    info: RunInfo
    config: dict[str, Any]
    samples: Samples
    path: Path | None
    figures: Summary | None = None

    @cached_property
    def summary(self) -> Summary:
        """The figures: computed when they are first asked for."""
        return self.figures or summarise(
            self.samples,
            users=self.info.users,
            request_delay_s=float(self.config["request_delay"]),
            generator=self.info.generator,
            poll_interval_s=self._poll_interval_s,
        )

    def without_figures(self, info: RunInfo) -> RunRecord:
        """The same rows with figures of none of them, as those of all can't be computed; `info` says why."""
        return replace(self, figures=NOTHING).invalid(info)

    def invalid(self, info: RunInfo) -> RunRecord:
        """The same figures, not to be believed: something broke after they were made, as `info` says."""
        errors = Check("listener_errors", float(info.generator.listener_errors), None, 0, "INVALID")
        others = [check for check in self.summary.validity.checks if check.name != errors.name]
        return replace(
            self, info=info, figures=replace(self.summary, validity=Validity("INVALID", (*others, errors)))
        )

    @property
    def _poll_interval_s(self) -> float | None:
        api = self.config["api"]
        return float(api["job"]["interval"]) if api.get("protocol") == "submit_poll" else None


def check_version(document: Mapping[str, Any], path: Path) -> None:
    """Raises `ReportError` unless `document` is a result of the schema that this program knows."""
    version = document.get("schema_version")
    blocks = document.get("run"), document.get("config")
    if version is None or not all(isinstance(block, dict) for block in blocks):
        raise ReportError(f"{path} is not a result of stt-load: it lacks schema_version, run or config")
    if version != SCHEMA_VERSION:
        changed = "an earlier one, and figures mean something else since" if version == 1 else "another one"
        raise ReportError(
            f"{path} has schema version {version}, this stt-load reads {SCHEMA_VERSION}: it is of {changed}. Read it "
            f"with the stt-load that wrote it ({document['run'].get('version', 'no version given')})"
        )
    if missing := [name for name in CONFIG_KEYS if name not in document["config"]]:
        raise ReportError(f"{path} is damaged: its config lacks {', '.join(missing)}")


def run_info(run: Mapping[str, Any], path: Path) -> RunInfo:
    """The metadata out of its JSON form. Raises `ReportError` when something is missing."""
    try:
        values = dict(run)
        values |= {name: tuple(values[name]) for name in ("workers", "faults")}
        clocks = values.get("clocks", {})
        values["clocks"] = {name: Clock(**_known(Clock, clock)) for name, clock in clocks.items()}
        values["generator"] = generator(values["generator"])
        return RunInfo(**_known(RunInfo, values))
    except (KeyError, TypeError) as error:
        raise ReportError(f"{path}: its block about the run can't be read ({error})") from None


def generator(values: Mapping[str, Any]) -> Generator:
    """What the load generator saw of itself, out of its JSON form."""
    lists = {
        "workers": tuple(WorkerHealth(**_known(WorkerHealth, worker)) for worker in values["workers"]),
        "stalls": tuple(Stall(**_known(Stall, stall)) for stall in values["stalls"]),
        "load_changes": tuple((float(start), float(end)) for start, end in values["load_changes"]),
    }
    return Generator(**_known(Generator, {**values, **lists}))


def _known(record: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a later version may have added."""
    names = {one.name for one in fields(record)}
    return {name: value for name, value in values.items() if name in names}
