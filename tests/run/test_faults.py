"""What breaks in the suite's own work is noted, and the rest goes on."""

from __future__ import annotations

import pytest

from stt_load.run.faults import MOST_SENTENCES, Faults


def test_an_exception_goes_no_further_and_is_a_sentence_and_a_count() -> None:
    faults = Faults()
    with faults.caught("The display is missing"):
        raise ValueError("no screen")
    assert faults.count == 1
    assert faults.sentences == ("The display is missing (ValueError: no screen)",)


def test_the_same_again_counts_and_is_told_once() -> None:
    faults = Faults()
    for number in range(100):
        faults.note("One", KeyError(number % 2))
    assert faults.count == 100
    assert len(faults.sentences) == 2
    for number in range(100):
        faults.note(f"Fault {number}")
    assert (faults.count, len(faults.sentences)) == (200, MOST_SENTENCES)


def test_secrets_are_not_told(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults(lambda text: text.replace("hush", "***"))
    faults.note("It broke", ValueError("the key was hush"))
    assert faults.sentences == ("It broke (ValueError: the key was ***)",)
    assert "hush" not in caplog.records[0].getMessage()


def test_an_exception_in_a_greenlet_is_noted_and_a_kill_is_none() -> None:
    faults = Faults()
    faults.spawn("The spool is not kept up", lambda what: what / 0, 1).join()
    assert faults.sentences == ("The spool is not kept up (ZeroDivisionError: division by zero)",)
    import gevent

    waiting = faults.spawn("It", gevent.sleep, 60)
    gevent.sleep(0)
    waiting.kill()
    assert faults.count == 1
