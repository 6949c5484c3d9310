"""Only a run of the same kind is held against a gate."""

from __future__ import annotations

from stt_load.comparison.conditions import conditions
from stt_load.config import Config
from stt_load.gates.likeness import Differing, differing
from tests.gates.made import gate
from tests.report.runs import run_of, steady

KIND = {"api.model": "whisper-1", "host.cpus": "2", "concurrent_requests": "5"}


def test_a_run_of_the_same_kind_is() -> None:
    assert differing(gate(kind=KIND), KIND) == ()
    assert differing(gate(kind=KIND), KIND | {"of.a.later.version": "1"}) == ()


def test_everything_that_differs_is_told() -> None:
    found = differing(gate(kind=KIND), {"host.cpus": "4", "concurrent_requests": "5"})
    assert found == (Differing("api.model", "whisper-1", None), Differing("host.cpus", "2", "4"))
    assert [str(one) for one in found] == [
        "api.model is not there, and whisper-1 in the runs that the gate was learnt from",
        "host.cpus is 4 here, and 2 in the runs that the gate was learnt from",
    ]


def test_a_condition_that_was_taken_out_of_the_file_is_ignored() -> None:
    kept = {name: value for name, value in KIND.items() if name != "host.cpus"}
    assert differing(gate(kind=kept), KIND | {"host.cpus": "64"}) == ()


def test_what_a_file_says_does_nothing_to_a_terminal_and_fits_on_it() -> None:
    (found,) = differing(gate(kind={"a\x1b[2J": "x\n" * 500}), {})
    assert str(found).isprintable()
    assert len(str(found)) < 400


def test_another_model_machine_or_load_is_another_kind() -> None:
    learnt = gate(kind=conditions(run_of(steady())))
    assert differing(learnt, conditions(run_of(steady()))) == ()
    model = conditions(run_of(steady(), Config.model_validate({"api": {"model": "other"}})))
    cpus = conditions(run_of(steady(), host={"name": "here", "platform": "Linux", "cpus": 64}))
    assert [one.name for one in differing(learnt, model)] == ["api.model"]
    assert [one.name for one in differing(learnt, cpus)] == ["host.cpus"]
