"""One run as a report sees it, whether it has just ended, was saved, or was killed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from stt_load.samples.accuracy import Accuracy
from stt_load.samples.rounding import rounded
from stt_load.samples.run_info import RunInfo
from stt_load.samples.table import Samples
from stt_load.slo.parse import parse
from stt_load.slo.tokens import SloError
from stt_load.stats.model import Check, Summary, Validity
from stt_load.stats.slo_verdicts import Gate
from stt_load.stats.stop_rule import StopWhen, asked
from stt_load.stats.summary import nothing, summarise


class ReportError(ValueError):
    """A file that no report can be made of; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class TranscriptsFile:
    """The file beside a result that has what was said and heard. file: its name. rows: how many answers. sha256: of
    its bytes."""

    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class RunRecord:
    """All that a report is made of.

    config: the configuration it had, secrets masked. samples: instants relative to the barrier (to the run's origin
    when that was never reached), rounded as the result has them, so that its figures can be computed again from it.
    path: the file it is in, None when it is in none. figures: where they are known already. rows_path: where its rows
    are as a table of their own, None when they are nowhere else. accuracy: how well the service heard; None where its
    answers have not been scored. transcripts: where they are, if they were to be kept.
    """

    info: RunInfo
    config: dict[str, Any]
    samples: Samples
    path: Path | None
    figures: Summary | None = None
    rows_path: Path | None = None
    accuracy: Accuracy | None = None
    transcripts: TranscriptsFile | None = None

    @cached_property
    def summary(self) -> Summary:
        """The figures: computed when they are first asked for."""
        if self.figures is not None:
            return self.figures
        api = self.config["api"]
        return summarise(
            self.samples,
            users=self.info.users,
            load=rounded(self.info.load),  # as they are saved: the same figures come of them again
            generator=rounded(self.info.generator),
            poll_interval_s=float(api["job"]["interval"]) if api.get("protocol") == "submit_poll" else None,
            repeats=None if self.accuracy is None else self.accuracy.repeats,
            gate=self.gate,
            learnt=None if self.info.gate is None else self.info.gate.learnt,
            stop_when=self._stop_when,
        )

    @property
    def gate(self) -> Gate:
        """What it was to fulfil. Raises `ReportError` where that can't be read."""
        try:
            slos = tuple(map(parse, self.config.get("slo") or ()))
        except SloError as error:
            raise ReportError(f"{self.path}: damaged, no report can be made of it (config.slo {error})") from None
        strict = bool(self.config["validity"].get("strict_slo"))
        asked = self.info.levels
        tested = asked is not None and asked.search is not None
        return Gate(slos, lost=self.info.end_reason == "slo_lost", strict=strict, tested=tested)

    @property
    def _stop_when(self) -> StopWhen | None:
        """The figure that it was to end by. Raises `ReportError` where that can't be read."""
        rule = self.config.get("stop_when")
        try:
            return None if rule is None else asked(rule["metric"], rule["within"])
        except (SloError, KeyError, TypeError) as error:
            raise ReportError(
                f"{self.path}: damaged, no report can be made of it (config.stop_when {error})"
            ) from None

    @property
    def measured_nothing(self) -> bool:
        """No measured request succeeded; or the run was given up, or left by all of its users."""
        return not self.summary.metrics.requests.succeeded or self.info.end_reason in ("gave_up", "no_users")

    @property
    def is_fit_for_gate(self) -> bool:
        """Whether its figures say anything of limits: not where nothing was measured, nor where it broke off."""
        return not self.measured_nothing and self.info.end_reason not in ("interrupted", "crashed")

    @property
    def over_gate(self) -> frozenset[str]:
        """The metrics whose limits in its gate it is over; none unless it is fit for one: that there is no value is
        no bad luck of one run, which another would tell from a change."""
        return frozenset(one.metric for one in self.summary.gate if one.is_over and self.is_fit_for_gate)

    def without_figures(self, info: RunInfo) -> RunRecord:
        """The same rows with figures of none of them, as those of all can't be computed; `info` says why."""
        return replace(self, figures=nothing()).invalid(info)

    def invalid(self, info: RunInfo) -> RunRecord:
        """The same figures, not to be believed: something broke after they were made, as `info` says."""
        errors = Check("listener_errors", float(info.generator.listener_errors), None, 0, "INVALID")
        others = [check for check in self.summary.validity.checks if check.name != errors.name]
        return replace(
            self, info=info, figures=replace(self.summary, validity=Validity("INVALID", (*others, errors)))
        )


Record = TypeVar("Record")


def read_as(record: type[Record], values: object, path: Path) -> Record:
    """`values`, as JSON has them, as a `record` and all that is in it, less what a later version may have added.

    Raises `ReportError` when something is missing or of another type.
    """
    try:
        return TypeAdapter(record).validate_python(values)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        raise ReportError(
            f"{path}: damaged, no report can be made of it ({record.__name__} {place}: {fault['msg']})"
        ) from None
