"""What somebody is told whose request was refused."""

from __future__ import annotations

import json

import pytest

from stt_load.api.verdict import Step
from tests.cli.trying import refused


def test_a_401_without_a_key_names_the_key_of_the_file_that_sends_one() -> None:
    for status in (401, 403):
        found = refused(status)
        assert "no key was sent" in found
        assert "`--api-key-env STT_API_KEY` (api.api_key_env in the file)" in found


def test_a_401_with_a_key_says_where_it_went() -> None:
    found = refused(401, keys=("header Authorization",))
    assert "a key was sent (header Authorization) and not accepted" in found
    assert "no key" not in found


def test_a_404_says_what_was_asked_and_what_to_try() -> None:
    found = refused(404, "nothing here", endpoint="/v1/audio/transcriptions")
    assert "asked was POST http://stt.example:8000/v1/audio/transcriptions" in found
    assert "`--endpoint /audio/transcriptions`" in found
    assert "/inference (whisper-cpp)" in found
    assert "`--endpoint /v1/asr`" in refused(404, endpoint="/asr")


@pytest.mark.parametrize("base", ["http://stt.example:8000", "http://stt.example:8000/v1"])
def test_a_version_in_the_base_url_is_taken_out_there(base: str) -> None:
    """Whoever has given -H http://stt.example:8000/v1 asks for the same with another endpoint alone."""
    endpoint = "/audio/transcriptions" if base.endswith("/v1") else "/v1/audio/transcriptions"
    found = refused(404, base_url=base, endpoint=endpoint)
    assert "try `-H http://stt.example:8000 --endpoint /audio/transcriptions`" in found


@pytest.mark.parametrize("status", [404, 405])
@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("upload", "asked was POST to the path of api.job.upload, /up?key=***,"),
        ("poll", "asked was GET to the path of api.job.poll, /j/{id},"),
        ("result", "asked was GET to the path of api.job.result, {url},"),
    ],
)
def test_of_a_job_the_path_of_that_step_is_named(status: int, step: Step, said: str) -> None:
    job = {"upload": "/up?key=hunter2", "poll": "/j/{id}", "result": "{url}"}
    found = refused(status, step=step, protocol="submit_poll", job=job)
    assert said in found
    assert "endpoint" not in found


def test_a_404_that_speaks_of_the_model_is_about_the_model() -> None:
    found = refused(404, '{"error": {"message": "The model `big` does not exist"}}', model="big")
    assert found == "the service may not have the model big: api.model (--model)"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (405, "it takes no POST"),
        (407, "http://USER:${PASSWORD}@HOST:PORT"),
        (413, "the clip has 32,044 bytes"),
        (415, "`api: {protocol: raw}`"),
        (429, "a limit of its own"),
        (500, "the service's own log says why"),
        (502, "the service behind it is not there"),
        (503, "`--wait-ready SECONDS`"),
        (504, "too slow"),
    ],
)
def test_each_status_says_what_to_look_at(status: int, said: str) -> None:
    assert said in refused(status)


def test_what_a_raw_body_may_be_instead() -> None:
    assert "`api: {protocol: multipart}`" in refused(415, protocol="raw")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("audio_file", "`api: {audio_field: audio_file}`"),
        ("model", "api.model (--model)"),
        ("task", "`api: {extra_fields: {task: VALUE}}`"),
    ],
)
def test_a_field_that_the_service_misses_is_named(field: str, said: str) -> None:
    missing = {"type": "missing", "loc": ["body", field], "msg": "Field required", "input": None}
    found = refused(422, json.dumps({"detail": [missing]}), model=None)
    assert said in found
    assert len(found.splitlines()) == 1


def test_keys_that_the_refusal_names() -> None:
    found = refused(400, '{"error": "response_format verbose_json is not for this model"}')
    assert "api.model (--model), api.response_format (--response-format)" in found
    assert "hold it against its documents" in refused(400, "no")


def test_a_plain_request_at_a_port_of_tls() -> None:
    body = "<center>The plain HTTP request was sent to HTTPS port</center>"
    assert refused(400, body) == "try `-H https://stt.example:8000`"


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://stt.example/v1/audio/transcriptions", "try `-H https://stt.example`"),
        ("/v1/audio/transcriptions/", "try `--endpoint /v1/audio/transcriptions/`"),
        ("https://stt.example/login?next=x", "the way leads to /login; unless that is a login"),
        ("http://[", "where it redirects to is no URL"),
        ("http://stt.example:99999999/x", "where it redirects to is no URL"),
    ],
)
def test_a_redirect_is_followed_by_hand(location: str, said: str) -> None:
    assert said in refused(308, location=location)
    assert refused(308) == ""
