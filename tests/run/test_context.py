"""What the users of one run share, made of the configuration."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from stt_load.api.form import Bare, Form
from stt_load.api.verdict import Answer, Transcript
from stt_load.config import Config
from stt_load.config.section import Unit
from stt_load.load.iteration import Iteration
from stt_load.run.context import UNITS_S, api_of, base_path, build, place_of, shown_name, target_of
from stt_load.samples.sample import Phase

URL = "http://127.0.0.1:1/v1/audio/transcriptions"


def config(**api: Any) -> Config:
    return Config(api=api)


def test_a_try_has_an_id_of_its_own_on_the_wire() -> None:
    context = build(config(), URL, 7, None, lambda: 3)  # type: ignore[arg-type]
    assert context.request_id(Iteration(4, 0, Phase.MEASURED)) == "7-4-0"
    assert context.request_id(Iteration(4, 1, Phase.MEASURED)) == "7-4-1"
    assert context.users() == 3


def test_the_same_seed_makes_the_same_clips_anywhere() -> None:
    one, two, other = (build(config(), URL, seed, None, int) for seed in (7, 7, 8))  # type: ignore[arg-type]

    def clip(context: Any, seq: int, attempt: int = 0) -> bytes:
        return b"".join(context.audio.clip(seq, attempt).parts)

    assert clip(one, 5) == clip(two, 5)
    assert len({clip(one, 5), clip(one, 6), clip(one, 5, 1), clip(other, 5)}) == 4


def test_configured_headers_take_the_place_of_usual_ones_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "secret")
    headers = target_of(config(api_key_env="MY_KEY", headers={"user-agent": "me", "X-More": "1"}), URL).headers
    assert headers["Authorization"] == "Bearer secret"
    assert {name.lower(): value for name, value in headers.items()}["user-agent"] == "me"
    assert "User-Agent" not in headers


def test_query_parameters_go_out_and_are_not_what_readiness_asks_for() -> None:
    asked = config(query={"model": "a b"})
    assert target_of(asked, URL).path.endswith("?model=a+b")
    assert place_of(asked, URL).path == "/v1/audio/transcriptions"
    assert shown_name(place_of(asked, URL)) == "/v1/audio/transcriptions"


def test_the_base_of_a_url_is_what_stands_before_the_endpoint() -> None:
    assert base_path(config(endpoint="/v1/x").api, "http://host/proxy/v1/x") == "/proxy"


def test_each_protocol_has_its_body() -> None:
    assert isinstance(api_of(config(), URL).form, Form)
    assert isinstance(api_of(config(protocol="raw"), URL).form, Bare)
    assert api_of(config(), URL).plan is None
    assert api_of(config(), URL).follow() is None
    assert api_of(config(stream=True), URL).follow() is not None


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("unit", "spent_s"), [("s", 1500.0), ("ms", 1.5), ("us", 0.0015), ("100ns", 0.00015)])
def test_a_header_tells_the_time_that_was_spent(unit: str, spent_s: float, stream: bool) -> None:
    api = api_of(config(stream=stream, response={"processing_time": {"header": "X-Took", "unit": unit}}), URL)
    followed = api.follow()
    if followed is not None:
        followed.begin("application/json")
    headers = {"x-took": "1500"}
    verdict = api.read(Answer(200, "", None, b'{"text": "hello"}', stream=followed, header=headers.get))
    assert isinstance(verdict, Transcript)
    assert verdict.processing_s == pytest.approx(spent_s)


def test_every_unit_of_the_configuration_is_known() -> None:
    assert set(get_args(Unit)) == UNITS_S.keys()


def test_a_clip_that_is_uploaded_goes_alone_in_its_form_or_as_it_is() -> None:
    forms = [
        api_of(config(protocol="submit_poll", job={"upload": "/up", "audio": audio}, extra_fields={"a": "b"}), URL)
        for audio in ("form", "raw", "upload")
    ]
    assert [type(api.form) for api in forms] == [Form, Bare, Bare]
    body = b"".join(forms[0].body([b"RIFF"], 4).parts)
    assert (body.count(b"Content-Disposition"), b'name="file"; filename="audio.wav"' in body) == (1, True)
    assert [api.plan and (api.plan.upload_path, api.plan.fields) for api in forms] == [("/up", [("a", "b")])] * 3


def test_an_answer_is_read_as_configured() -> None:
    said = b'{"result": {"words": "hello"}, "ms": 1500}'
    api = api_of(
        config(response={"text": "result.words", "processing_time": "ms", "processing_time_unit": "ms"}), URL
    )
    assert api.read(Answer(200, "application/json", None, said)) == Transcript("hello", processing_s=1.5)
