"""How a fault is told."""

from __future__ import annotations

import pytest

from stt_load.config.faults import LONGEST, LONGEST_NAME, MOST_SHOWN, ConfigError, Fault, dotted, nearest


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("c.yaml", "is wrong"), "c.yaml: is wrong"),
        (Fault("c.yaml", "is wrong", "a.b", "1", 3), "c.yaml: line 3, a.b: is wrong"),
        (Fault("c.yaml", "is wrong", line=3, column=4), "c.yaml: line 3, column 4: is wrong"),
    ],
)
def test_the_place_comes_first(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_a_message_has_an_end() -> None:
    assert len(Fault("c", "x" * 10 * LONGEST).detail) == LONGEST + len("...")


def test_faults_stand_below_their_source_and_not_all_of_them() -> None:
    faults = [Fault("a", "one")] * (MOST_SHOWN + 5) + [Fault("b", "two")]
    lines = str(ConfigError(faults)).splitlines()
    assert lines[:2] == [f"a: {MOST_SHOWN + 5} problems", "  one"]
    assert lines[-3:] == ["  and 5 more", "b: 1 problem", "  two"]


def test_the_nearest_is_near() -> None:
    assert nearest("endpint", ["endpoint", "model"]) == "endpoint"
    assert nearest("xyz", ["endpoint", "model"]) is None


def test_a_path_is_printable_and_no_longer_than_a_line() -> None:
    assert dotted(("api", "timeout", "read")) == "api.timeout.read"
    assert dotted(("a\n", "")) == "'a\\n'.''"
    assert dotted(("x" * 1_000,)) == "x" * LONGEST_NAME + "..."
