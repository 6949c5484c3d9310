"""What `install` does to Locust, in interpreters of their own: it can't be undone."""

from __future__ import annotations

from tests.test_door import python

LISTENERS = "print(len(events.init._handlers), users.miss_install in events.init._handlers)"


def test_a_second_install_adds_nothing_and_users_are_missed_by_nobody() -> None:
    begin = (
        "from locust import events; from stt_load import install, SttUser; from stt_load.locust_plugin import users"
    )
    ran = python(
        f"{begin}; {LISTENERS}; install(); {LISTENERS}; install(SttUser); {LISTENERS}; print(SttUser.abstract)"
    )
    assert ran.stdout.splitlines() == ["1 True", "2 False", "2 False", "False"], ran.stderr


def test_without_it_users_that_send_audio_end_the_program_with_2() -> None:
    begin = "from locust import events; from locust.env import Environment; from stt_load import SttUser"
    classes = "Talker = type('Talker', (SttUser,), {})"
    ran = python(f"{begin}; {classes}; events.init.fire(environment=Environment(user_classes=[Talker]))")
    assert ran.returncode == 2
    assert ran.stderr.endswith("Add to it: from stt_load import install; install()\n")
    assert "Talker would send nothing" in ran.stderr
    none = python(f"{begin}; {classes}; events.init.fire(environment=Environment(user_classes=[]))")
    assert none.returncode == 0
