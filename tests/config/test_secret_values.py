"""Keys and passwords stay out of what is printed and saved."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from stt_load.config import ApiConfig, Config, ConfigError, effective, load, masked, secrets
from stt_load.config.suspicion import is_secret_name
from tests.config.conftest import Faults, Load

SECRET = "hunter2hunter2"


def test_masked_is_complete_but_for_the_secrets() -> None:
    fields: dict[str, str | bool | int | float | list[str | bool | int | float]] = {
        "my_key": SECRET,
        "accessToken": [SECRET],
        "PASSWORD": SECRET,
        "hotwords": "a",
    }
    api = ApiConfig(
        base_url=f"https://me:{SECRET}@h:1/p", endpoint=f"/v1?api-version=2&key={SECRET}", extra_fields=fields
    )
    config = Config(api=api)
    values = masked(config)
    assert values["api"]["base_url"] == "https://***@h:1/p"
    assert values["api"]["endpoint"] == "/v1?api-version=2&key=***"
    assert values["api"]["extra_fields"] == {
        "my_key": "***", "accessToken": "***", "PASSWORD": "***", "hotwords": "a"
    }  # fmt: skip
    assert SECRET not in effective(config)
    plain = config.model_dump(mode="json")
    assert masked(config) | {"api": 0} == plain | {"api": 0}
    assert values["api"].keys() == plain["api"].keys()


@pytest.mark.parametrize("name", ["key", "apikey", "API_KEY", "secret", "auth_token", "password", "hf-token"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["suppress_tokens", "keywords", "tokenizer", "vad_filter", "hotwords"])
def test_names_that_only_look_alike(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        f"api: {{base_url: 'http://me:{SECRET}@h:x'}}",
        f"api: {{base_url: 'me:{SECRET}@h:80'}}",
        f"api: {{base_url: 'http://me:a/{SECRET}@h'}}",
        f"api: {{base_url: 'ftp://me:a?{SECRET}@h'}}",
        f"api: {{api_key_env: sk-{SECRET}}}",
        f"api: {{api_key_env: '{SECRET}!'}}",
        f"api: {{api_key_env: abc{SECRET}def456}}",
        f"api: {{api_key: {SECRET}}}",
        f"api: {{modle: sk-{SECRET}}}",
        f"password: {SECRET}",
        f"url: http://me:{SECRET}@h",
        f"api: {{extra_fields: {{my_token: '{SECRET}', my_token: b}}}}\nseed: x",
        f"api: {{extra_fields: {{my_token: !x '{SECRET}'}}}}",
        f"sk-{SECRET}",
    ],
)
def test_no_fault_repeats_a_secret(faults: Faults, text: str) -> None:
    for fault in faults(text):
        assert SECRET not in f"{fault} {fault.value}"


def test_the_key_is_named_not_given(faults: Faults, loaded: Load) -> None:
    text = "api: {api_key_env: OPENAI_API_KEY}"
    (fault,) = faults(text)
    assert (fault.key, fault.value) == ("api.api_key_env", "OPENAI_API_KEY")
    assert "OPENAI_API_KEY is not set in the environment" in fault.message
    (fault,) = faults(text, environ={"OPENAI_API_KEY": ""})
    assert "is not set" in fault.message
    config = loaded(text, environ={"OPENAI_API_KEY": SECRET})
    assert SECRET not in effective(config)
    (fault,) = faults("api: {api_key_env: sk-12345678}")
    assert "looks like a key; choose the name of the environment variable" in fault.message
    (fault,) = faults("api: {api_key_env: MY KEY}")
    assert "is no name of an environment variable" in fault.message


def test_the_embedded_servers_key_matters_only_where_it_runs(faults: Faults, loaded: Load) -> None:
    text = "embedded: {api_key_env: STT_KEY}"
    (fault,) = faults(text)
    assert (fault.key, fault.line) == ("embedded.api_key_env", 1)
    assert loaded(f"{text}\napi: {{base_url: 'http://h'}}").embedded.api_key_env == "STT_KEY"


@pytest.mark.parametrize("key", ["sk-1\n", "sk 1", "sk-\u20ac"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(tmp_path: Path, key: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("api: {api_key_env: MY_KEY}", encoding="utf-8")
    with pytest.raises(ConfigError, match="no header can carry") as error:
        load(file, environ={"MY_KEY": key})
    assert key not in str(error.value)


@pytest.mark.parametrize("written", ["/t?key=a|b:c", "/t?key=a%7Cb:c", "/t?key=a%7cb%3Ac"])
def test_a_secret_in_a_path_is_known_as_it_goes_out(written: str) -> None:
    found = secrets(Config.model_validate({"api": {"endpoint": written}}), {})
    assert {"a|b:c", "a%7Cb:c"} <= set(found)


@pytest.mark.parametrize("name", ["poll", "result", "upload"])
def test_a_secret_in_a_path_of_a_job_is_one_too(name: str) -> None:
    config = Config.model_validate(
        {"api": {"job": {name: "/t/{id}?key=a|b:c" if name != "upload" else "/t?key=a|b:c"}}}
    )
    assert "a|b:c" in secrets(config, {})
    assert masked(config)["api"]["job"][name].endswith("?key=***")


def test_what_requests_carry_and_no_report_may_show() -> None:
    config = Config.model_validate(
        {
            "api": {
                "base_url": "http://me:hunter%32@h",
                "endpoint": "/t?token=t0ken&model=whisper",
                "api_key_env": "MY_KEY",
                "extra_fields": {"api_key": "k3y-1", "hotwords": "hello", "secret": ["list-1", "list-2"]},
            }
        }
    )
    found = secrets(config, {"MY_KEY": "sk-1234"})
    basic = b64encode(b"me:hunter2").decode()
    assert set(found) == {"hunter%32", "hunter2", basic, "t0ken", "sk-1234", "k3y-1", "list-1", "list-2"}
    assert [len(one) for one in found] == sorted((len(one) for one in found), reverse=True)


@pytest.mark.parametrize("word", ["1e3", "true", "null", "1.10", "no", "", "~"])
def test_texts_that_look_like_something_else_are_read_back_as_texts(loaded: Load, word: str) -> None:
    config = loaded(f"api: {{extra_fields: {{x: '{word}'}}}}")
    assert loaded(effective(config)) == config


def test_secrets_are_masked_and_letters_are_not_escaped(loaded: Load) -> None:
    text = effective(loaded("api: {base_url: 'http://me:hunter2@h', model: 모델}"))
    assert "hunter2" not in text
    assert "base_url: http://***@h\n" in text
    assert "model: 모델\n" in text
