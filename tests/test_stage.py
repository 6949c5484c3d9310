"""What the users of a run share, made of a configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from stt_load.config import Config, load
from stt_load.desk import Desk
from stt_load.sample import Phase
from stt_load.schedule.phases import Job
from stt_load.stage import audio_of, build, place_of, speech_of, target_of
from stt_load.wire.verdict import Answer, Failure, Transcript

BASE = "http://127.0.0.1:9000/base"
VARIABLES = {"KEY": "k3y-of-mine", "TOKEN": "t0ken-of-mine"}


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)


def config(api: dict[str, Any] | None = None, **more: Any) -> Config:
    path = Path("config.yaml")
    path.write_text(yaml.safe_dump({"audio_duration": 0.5, "api": {"base_url": BASE} | (api or {})} | more))
    return load(path, environ=VARIABLES).config


def url_of(made: Config) -> str:
    return made.api.url(made.api.base_url)


def answer(body: bytes, step: Any = "request") -> Answer:
    return Answer(200, "application/json", None, body, step=step)


def read(api: dict[str, Any], body: bytes, step: Any = "request") -> Transcript | Failure:
    made = config(api)
    return speech_of(made, url_of(made)).read(answer(body, step))


def test_what_stands_where_in_an_answer() -> None:
    places = {"text": "a.b", "duration": "ms", "duration_unit": "ms", "processing_time": "took"}
    found = read({"response": places}, b'{"a": {"b": "hi"}, "ms": 1500, "took": 2}')
    assert found == Transcript("hi", audio_s=1.5, processing_s=2.0)


def test_a_job_is_read_and_looked_after_at_the_places_of_the_configuration() -> None:
    api = {
        "protocol": "submit_poll",
        "endpoint": "/jobs",
        "response": {"text": "result.text"},
        "job": {
            "id": "job.id",
            "poll": "/jobs/{id}",
            "status": "state",
            "done": ["Succeeded"],
            "failed": ["canceled"],
        },
    }
    made = config(api)
    plan = speech_of(made, url_of(made)).plan
    assert plan is not None
    assert (plan.submit_path, plan.upload_path, plan.poll_path) == ("/base/jobs", None, "/base/jobs/{id}")
    assert (plan.text, plan.id, plan.status, plan.interval_s) == ("result.text", "job.id", "state", 0.5)
    assert (plan.end_of("SUCCEEDED"), plan.end_of("Canceled"), plan.end_of("expired")) == ("done", "failed", None)
    assert read(api, b'{"state": "succeeded", "result": {"text": "hi"}}', "submit") == Transcript("hi")


def test_a_function_of_the_users_own_is_all_there_is() -> None:
    Path("calls.py").write_text("def f(wav):\n    return 'hi'\n")
    made = config({"call": "calls.py:f"})
    stage = build(made, "calls.py:f", 7, cast(Desk, None), lambda: 3)
    assert stage.call is not None
    assert stage.speech.plan is None
    assert stage.speech.listen() is None
    assert stage.speech.read(answer("안녕".encode())) == Transcript("안녕")
    assert stage.speech.form.content_type == "audio/wav"


def test_a_stream_is_listened_to_where_one_is_asked_for() -> None:
    made = config({"stream": True})
    assert speech_of(made, url_of(made)).listen() is not None
    made = config({})
    assert speech_of(made, url_of(made)).listen() is None


def test_headers_of_the_configuration_take_the_place_of_the_usual_ones() -> None:
    api = {"api_key_env": "KEY", "headers": {"user-agent": "mine", "X-Token": "${TOKEN}"}, "query": {"q": "${TOKEN}"}}
    made = config(api)
    target = target_of(made, url_of(made))
    assert target.headers["Authorization"] == "Bearer k3y-of-mine"
    assert target.headers["X-Token"] == "t0ken-of-mine"
    assert {name for name in target.headers if name.lower() == "user-agent"} == {"user-agent"}
    assert target.headers["Accept-Encoding"] == "identity"
    assert target.path == "/base/v1/audio/transcriptions?q=t0ken-of-mine"
    assert place_of(made, url_of(made)).path == "/base/v1/audio/transcriptions"
    assert build(made, url_of(made), 7, cast(Desk, None), lambda: 3).name == "/base/v1/audio/transcriptions"


def test_an_id_header_that_is_given_is_not_sent_twice() -> None:
    made = config({"headers": {"x-request-id": "mine"}})
    assert target_of(made, url_of(made)).request_id_header is None
    made = config({"capture_headers": ["X-Served-By"]})
    target = target_of(made, url_of(made))
    assert (target.request_id_header, target.captured) == ("X-Request-ID", ("x-served-by",))


def test_secrets_are_in_no_message() -> None:
    made = config({"api_key_env": "KEY", "headers": {"X-Token": "${TOKEN}"}})
    speech = speech_of(made, url_of(made))
    failure = speech.read(replace(answer(b"k3y-of-mine t0ken-of-mine"), status=500))
    assert isinstance(failure, Failure)
    assert "of-mine" not in failure.message
    assert "of-mine" not in speech.hide("k3y-of-mine, t0ken-of-mine")


def test_the_same_seed_says_the_same_and_each_try_has_an_id() -> None:
    made = config({})
    first, second = (build(made, url_of(made), 7, cast(Desk, None), lambda: 3) for _ in range(2))
    clips = [b"".join(stage.audio.clip(5, 0)) for stage in (first, second)]
    assert clips[0] == clips[1]
    assert clips[0] != b"".join(first.audio.clip(5, 1))
    assert audio_of(made, 8).duration_s == 0.5
    assert first.request_id(Job(5, 1, Phase.MEASURED)) == "7-5-1"
    assert first.users() == 3


@pytest.mark.parametrize(("on_shed", "waits"), [("wait", True), ("continue", False)])
def test_who_is_refused_waits_or_not(on_shed: str, waits: bool) -> None:
    made = config({"on_shed": on_shed}, request_delay=0.25)
    stage = build(made, url_of(made), 7, cast(Desk, None), lambda: 3)
    assert (stage.waits, stage.request_delay_s) == (waits, 0.25)
