"""The names on the way to a key."""

from __future__ import annotations

from stt_load.config.paths import LONGEST_NAME, dotted


def test_a_path_is_printable_and_no_longer_than_a_line() -> None:
    assert dotted(("api", "timeout", "read")) == "api.timeout.read"
    assert dotted(("a\n", "")) == "'a\\n'.''"
    assert dotted(("x" * 1_000,)) == "x" * LONGEST_NAME + "..."
