"""`${NAME}`: environment variables in headers, query parameters and form fields."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.config import Config, Override, effective, masked, secrets, variables
from stt_load.config.variables import filled, pairs, references
from stt_load.run.context import api_of, place_of, target_of
from tests.config.conftest import Faults, Load

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    ("text", "names", "value"),
    [
        ("${A}", ["A"], "one"),
        ("Token ${A}-${B}${A}", ["A", "B", "A"], "Token one-twoone"),
        ("$${A} ${B}", ["B"], "${A} two"),
        ("$${ ${B} $${", ["B"], "${ two ${"),
        ("$$${A}", [], "$${A}"),
        ("${A}${B}", ["A", "B"], "onetwo"),
        ("5 $ and $A and {B}", [], "5 $ and $A and {B}"),
        ("${A", [], "${A"),
        ("", [], ""),
    ],
)
def test_what_stands_for_what(text: str, names: list[str], value: str) -> None:
    assert references(text) == names
    assert filled(text, {"A": "one", "B": "two"}) == value


# Every key that holds texts, and in which no variable is filled.
NOT_FILLED = [
    ("save_path: '${X}'", "save_path"),
    ("total_requests: '${X}'", "total_requests"),
    ("report: {language: '${X}'}", "report.language"),
    ("embedded: {jitter: '${X}'}", "embedded.jitter"),
    ("embedded: {api_key_env: '${X}'}", "embedded.api_key_env"),
    *(
        (f"api: {{{key}: '{value}'}}", f"api.{key}")
        for key, value in [
            ("preset", "${X}"),
            ("base_url", "${X}"),
            ("base_url", "http://${X}:8000"),
            ("base_url", "http://h/${X"),
            ("endpoint", "/${X}"),
            ("endpoint", "${X}"),
            ("call", "${X}.py:f"),
            ("audio_field", "${X}"),
            ("audio_filename", "${X}.wav"),
            ("audio_content_type", "${X}"),
            ("model", "${X}"),
            ("language", "${X}"),
            ("response_format", "${X}"),
            ("temperature", "${X}"),
            ("api_key_env", "${X}"),
            ("health", "/${X}"),
            ("request_id_header", "${X}"),
            ("ca_bundle", "${X}"),
            ("stream", "${X}"),
        ]
    ),
    ("api: {capture_headers: ['${X}']}", "api.capture_headers"),
    ("api: {response: {text: '${X}'}}", "api.response.text"),
    ("api: {job: {poll: '/${X}/{id}'}}", "api.job.poll"),
    ("api: {job: {upload: '/${X}'}}", "api.job.upload"),
    ("api: {job: {done: [a, '${X}']}}", "api.job.done"),
    ("api: {query: {'${X}': a}}", "api.query.${X}"),
    ("api: {extra_fields: {'a${X}': a}}", "api.extra_fields.a${X}"),
]


@pytest.mark.parametrize(("text", "key"), NOT_FILLED)
def test_a_variable_where_none_is_filled_is_refused_with_a_word(faults: Faults, text: str, key: str) -> None:
    (fault,) = faults(text, environ={"X": "x"})
    assert fault.key == key
    assert "variables are filled in nothing but api.headers, api.query, api.extra_fields" in fault.message


def test_a_variable_in_the_prompt_is_filled(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORDS", "Ada, Grace")
    config = loaded("api: {prompt: 'Names: ${WORDS}; costs $${5}'}", environ=dict(os.environ))
    sent = api_of(config, "http://h").form.around((), 0).parts[0]
    assert b'name="prompt"\r\n\r\nNames: Ada, Grace; costs ${5}\r\n' in bytes(sent)
    assert variables(config) == ("WORDS",)


ENDS_IN_A_LINE_END = ["secret-1\n", "secret-1\r\n", "secret-1 ", " secret-1", "\nsecret-1", "\ufeffsecret-1"]


@pytest.mark.parametrize("value", ENDS_IN_A_LINE_END)
@pytest.mark.parametrize(
    "section", ["headers: {x: 'a ${X} b'}", "query: {x: '${X}'}", "extra_fields: {x: ['${X}']}", "prompt: '${X}'"]
)
def test_a_variable_with_a_line_end_at_its_end_is_refused(faults: Faults, section: str, value: str) -> None:
    """As of a secret that is mounted as a file: it went out with its line end, in queries and fields."""
    (fault,) = faults(f"api: {{{section}}}", environ={"X": value})
    assert "has X in it, which " in fault.message
    assert "line end" in fault.message
    assert "secret-1" not in str(fault)


def test_a_line_end_within_a_text_is_part_of_it(loaded: Load, faults: Faults) -> None:
    assert loaded("api: {prompt: '${X}'}", environ={"X": "one\ntwo"})
    (fault,) = faults("api: {headers: {x: '${X}'}}", environ={"X": "one\ntwo"})
    assert "holds what no header can carry" in fault.message


def test_bytes_that_are_no_text_are_refused(faults: Faults) -> None:
    (fault,) = faults("api: {query: {x: '${X}'}}", environ={"X": os.fsdecode(b"a\xff")})
    assert "has X in it, which is not Unicode text" in fault.message
    assert "a" + chr(0xDCFF) not in fault.message
    (fault,) = faults("api: {query: {x: '${X}'}}", environ={"X": "a\x1bb"})
    assert "has X in it, which has the control character U+001B" in fault.message


@pytest.mark.parametrize("key", ["model", "language"])
def test_a_field_of_one_word_has_no_line_end(faults: Faults, key: str) -> None:
    """As of a variable that was set from a file: `large` and `large\\n` are two models."""
    for text in ("large\n", " large", "large\r\n"):
        (fault,) = faults("", Override(f"api.{key}", text, f"STT_LOAD_{key.upper()}"))
        assert "begins or ends with a space or a line end; take that out" in fault.message


@pytest.mark.parametrize("password", ["a/b", "a?b", "1/b", "a b", "a#b", "a\n"])
def test_a_proxys_password_that_is_not_encoded_is_refused_and_not_shown(faults: Faults, password: str) -> None:
    (fault,) = faults("api: {proxy: 'http://me:${PW}@h:3128'}", environ={"PW": password})
    assert fault.key == "api.proxy"
    assert "has PW in it, " in fault.message
    assert password not in fault.message.replace("a space or a line end", "")


@given(st.text(alphabet="ab $", max_size=20))
def test_a_text_without_references_is_itself(text: str) -> None:
    assert filled(text, {}) == text


def test_a_value_is_not_looked_into_again() -> None:
    assert filled("${A}", {"A": "${B}", "B": "no"}) == "${B}"


def test_values_are_sent_as_services_read_them() -> None:
    fields: dict[str, Any] = {"a": True, "b": [1, 2.5, "${X}"], "c": "z"}
    assert pairs(fields, {"X": "x"}) == [("a", "true"), ("b", "1"), ("b", "2.5"), ("b", "x"), ("c", "z")]


@pytest.mark.parametrize("section", ["headers", "query", "extra_fields"])
def test_an_unset_variable_is_named_with_its_place(faults: Faults, loaded: Load, section: str) -> None:
    text = f"api:\n  {section}:\n    x-key: 'Token ${{MY_KEY}}'"
    for environ in ({}, {"MY_KEY": ""}):
        (fault,) = faults(text, environ=environ)
        assert (fault.key, fault.line) == (f"api.{section}.x-key", 3)
        assert "names MY_KEY, which is not set in the environment; set it" in fault.message
    assert loaded(text, environ={"MY_KEY": "k"})


WRONG = [
    ("headers: {'a b': x}", "api.headers.a b", "is no name of a header"),
    ("headers: {Content-Length: x}", "api.headers.Content-Length", "the request itself needs"),
    ("headers: {x: null}", "api.headers.x", "is no value; choose a text"),
    ("headers: {x: [a]}", "api.headers.x", "choose a text"),
    ("headers: {x: é}", "api.headers.x", "no header can carry"),
    ("headers: {x: ' a'}", "api.headers.x", "no header can carry"),
    ("headers: {x-a: a, X-A: b}", "api.headers.X-A", "is the same header as x-a; keep one"),
    ("headers: {x: '${a b}'}", "api.headers.x", "is no name of an environment variable"),
    ("headers: 5", "api.headers", "choose a mapping with lines of the form"),
    ("query: {'': x}", "api.query.''", "is no name of a parameter"),
    ("query: {x: null}", "api.query.x", "is no value"),
    ("query: {x: '${}'}", "api.query.x", "is no name of an environment variable"),
    ("extra_fields: {x: ['${1}']}", "api.extra_fields.x", "is no name of an environment variable"),
    ("query: {x: '${A:-default}'}", "api.query.x", "is no name of an environment variable"),
    ("query: {x: '${A${B}}'}", "api.query.x", "is no name of an environment variable"),
    ("query: {x: '${A'}", "api.query.x", "has a ${ that is never closed"),
    ("headers: {x: 'Token ${'}", "api.headers.x", "has a ${ that is never closed"),
    ("prompt: '${'", "api.prompt", "has a ${ that is never closed"),
    ("proxy: 'http://${A@h'", "api.proxy", "has a ${ that is never closed"),
]


@pytest.mark.parametrize(("text", "key", "part"), WRONG)
def test_a_wrong_value_is_one_fault(faults: Faults, text: str, key: str, part: str) -> None:
    (fault,) = faults(f"api: {{{text}}}")
    assert fault.key == key
    assert part in fault.message


def test_two_authorizations_are_one_too_many(faults: Faults) -> None:
    (fault,) = faults("api: {api_key_env: K, headers: {authorization: x}}", environ={"K": "k"})
    assert "is what api_key_env makes, too; keep one of them" in fault.message


@pytest.mark.parametrize("value", ["zq\nb", " zq", "zqé", "zq\x00"])
def test_a_variable_that_no_header_can_carry_is_not_shown(faults: Faults, value: str) -> None:
    (fault,) = faults("api: {headers: {x: '${MINE}'}}", environ={"MINE": value})
    assert "has MINE in it, which holds what no header can carry" in fault.message
    assert "zq" not in str(fault)


def test_what_is_sent(loaded: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
api:
  headers: {api-key: "${MY_KEY}", user-agent: mine}
  query: {version: 2025-03-01, tag: [a, "b&c"], key: "${MY_KEY}"}
"""
    monkeypatch.setenv("MY_KEY", SECRET)
    config = loaded(text, environ=dict(os.environ))
    target = target_of(config, "http://h/t?x=1")
    assert target.headers["api-key"] == SECRET
    assert [value for name, value in target.headers.items() if name.lower() == "user-agent"] == ["mine"]
    assert target.path == f"/t?x=1&version=2025-03-01&tag=a&tag=b%26c&key={SECRET}"
    assert target_of(config, "http://h/t").path.startswith("/t?version=")
    assert place_of(config, "http://h/health").path == "/health", "only looked at"


def test_a_request_id_of_ones_own_takes_the_place_of_ours(loaded: Load) -> None:
    assert target_of(loaded("{}"), "http://h/t").request_id_header == "X-Request-ID"
    assert target_of(loaded("api: {request_id_header: null}"), "http://h/t").request_id_header is None
    own = target_of(loaded("api: {headers: {x-request-id: mine}}"), "http://h/t")
    assert (own.request_id_header, own.headers["x-request-id"]) == (None, "mine")


def test_what_is_needed_and_what_may_not_be_shown(loaded: Load) -> None:
    text = """
api:
  api_key_env: K
  headers: {x: "a${A}b", y: "Bearer ${B}", z: "$${C}", Api-Token: "Bearer lit3ral-token"}
  query: {q: ["${A}", "${D}"], sig-key: qu3ry-key}
  extra_fields: {f: "${E}", n: 1}
"""
    environ = {name: f"value-of-{name}" for name in "ABDEK"}
    config = loaded(text, environ=environ)
    assert variables(config) == ("K", "A", "B", "D", "E")
    found = secrets(config, environ)
    assert {"lit3ral-token", "qu3ry-key", *environ.values()} <= set(found)
    for shown in (effective(config), str(masked(config))):
        assert "lit3ral" not in shown
        assert "qu3ry" not in shown
        for name in ("a${A}b", "Bearer ${B}", "$${C}", "${D}", "${E}"):
            assert name in shown


def test_a_secret_beside_a_variable_is_masked() -> None:
    headers = {"api-key": "pre-${A}", "authorization": "Bearer ${B}", "x": "sk-12345678"}
    assert masked(Config.model_validate({"api": {"headers": headers}}))["api"]["headers"] == {
        "api-key": "***",
        "authorization": "Bearer ${B}",
        "x": "***",
    }
