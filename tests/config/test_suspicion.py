"""What is taken for a secret, and what is not."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from stt_load.config import Config, masked, secrets
from stt_load.config.suspicion import (
    SHOWN_CHARACTERS,
    is_harmless_header,
    is_secret,
    is_secret_name,
    looks_like_key,
    mask_url,
    shown,
)

HEADERS = [
    "Authorization", "Proxy-Authorization", "Cookie", "X-Auth", "X-Session", "X-Session-Id", "X-JWT",
    "X-Bearer", "X-PWD", "X-Pass", "X-Passphrase", "X-PAT", "X-HMAC", "X-Signature", "X-Csrf", "X-CSRF-Token",
    "X-XSRF-TOKEN", "X-Api-Key", "api-key", "xi-api-key", "Ocp-Apim-Subscription-Key", "x-functions-key",
    "x-goog-api-key", "X-Amz-Security-Token", "X-Auth-Key", "X-Access-Token", "X-Vault-Token",
    "Private-Token", "X-Client-Secret", "X-Sid", "X-Otp", "XAuth", "X-Credential", "Stripe-Signature",
]  # fmt: skip
NAMES = [
    "key", "apikey", "API_KEY", "apiKey", "accessToken", "APIToken", "keys", "api_keys", "sig", "signature",
    "code", "auth", "jwt", "sas", "pass", "pin", "otp", "session", "sessionId", "session_id", "cookie",
    "bearer", "passwd", "PASSWORD", "pwd", "passcode", "client_secret", "hf-token", "X-Amz-Signature",
    "X-Amz-Credential", "X-Amz-Date", "x-goog-signature", "auth_code", "pin_code", "oauth2", "basicAuth",
    "my_pat", "hmac256", "sign", "PHPSESSID",
]  # fmt: skip
PLAIN = [
    "language", "language_code", "languageCode", "lang_code", "country_code", "encoding", "codec", "keywords",
    "keyword", "key_words", "keyterm", "keyterms", "key_terms", "keyphrases", "tokens", "suppress_tokens",
    "max_tokens", "tokenizer", "tokenize", "passage", "design", "author", "model", "response_format", "tag",
    "tags", "version", "compass", "bypass", "path", "pattern", "patch", "keyboard", "hotkey", "monkey",
    "hotwords", "vad_filter", "sign_language", "assign", "spatial", "pinned", "pinyin", "option", "sidecar",
    "signal", "opinion", "diarize", "temperature", "timestamp_granularities", "codes", "decode", "barcode",
    "possession", "punctuate", "smart_format", "user", "team", "stream", "temp", "id", "state",
]  # fmt: skip


@pytest.mark.parametrize("name", [*HEADERS, *NAMES])
def test_names_that_say_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", PLAIN)
def test_names_that_do_not(name: str) -> None:
    assert not is_secret_name(name)


KEYS = {
    "OpenAI": "sk-abc123",
    "OpenAI project": "sk-proj-Ab12Cd34_Ef56",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "AWS": "AKIAIOSFODNN7EXAMPLE",
    "Google": "AIzaSyA-1234567890abcdefghijklmnopqrstu",
    "GitHub": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "Slack": "xoxb-123-abc",
    "hexadecimal": "0123456789abcdef0123456789abcdef",
    "random": "aB3dE5gH7jK9mN1pQ2rS4tU6",
    "bearer": "Bearer abcd",
}


@pytest.mark.parametrize("section", ["headers", "query", "extra_fields"])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_values_that_are_keys_under_any_name(section: str, key: str) -> None:
    assert is_secret(section, "x", key)
    assert key == "Bearer abcd" or looks_like_key(key)


@pytest.mark.parametrize(
    "value",
    ["Basic bWU6bWluZQ==", "Token abc", "bearer abc", "Key abc", "ApiKey abc", "Digest username=x", "JWT abc"],
)
def test_a_scheme_in_a_header_stands_before_credentials(value: str) -> None:
    assert is_secret("headers", "X-Other", value)
    assert not is_harmless_header("X-Other", value)


VALUES = [
    "en", "ko-KR", "nova-3", "whisper-1", "gpt-4o-mini-transcribe-2025-12-15",
    "Systran/faster-distil-whisper-large-v3.5", "true", "verbose_json", "2025-03-01", "16000", "1.10", "007",
    "https://hook.test/done?job=1", "audio/wav", "12345678901234567890123456789012345", '{"a":1}', "[0,1]",
    '["word","segment"]', '{"vad":{"threshold":0.5}}', "Kubernetes,Prometheus", "{broken", "[",
]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    VALUES,
)
@pytest.mark.parametrize("section", ["query", "extra_fields"])
def test_values_that_are_none(section: str, value: str) -> None:
    assert not is_secret(section, "x", value)
    assert not is_secret(section, "x", "Basic training for a token ring")


@pytest.mark.parametrize("value", ["true", "False", "none", "auto", "", " "])
def test_a_word_that_stands_everywhere_is_no_secret_under_any_name(value: str) -> None:
    assert not is_secret("query", "token", value)


@pytest.mark.parametrize(
    ("name", "value", "is_so"),
    [
        ("Accept", "*/*", True),
        ("Accept-Language", "ko", True),
        ("User-Agent", "our-client/1.2.3-build20251126", True),
        ("Content-Language", "en", True),
        ("X-Request-Source", "load-test", True),
        ("X-Request-Token", "load-test", False),
        ("Accept", "sk-abc123", False),
        ("Accept", "Bearer abc", False),
        ("X-Team", "blue", False),
        ("Referer", "x", False),
    ],
)
def test_headers_that_are_for_every_server(name: str, value: str, is_so: bool) -> None:
    assert is_harmless_header(name, value) is is_so


SECRET = "hunter2-hunter2"
API: list[dict[str, Any]] = [
    *({"headers": {name: SECRET}} for name in HEADERS),
    *({"query": {name: SECRET}} for name in NAMES),
    *({"extra_fields": {name: SECRET}} for name in NAMES),
    {"headers": {"X-Other": f"Token {SECRET}"}},
    {"headers": {"Cookie": f"theme=dark; sid={SECRET}"}},
    {"headers": {"X-Other": "Basic " + b64encode(f"me:{SECRET}".encode()).decode()}},
    {"query": {"x": f"Bearer {SECRET}"}},
    {"extra_fields": {"options": f'{{"a": [{{"api_key": "{SECRET}"}}]}}'}},
    {"extra_fields": {"options": f'{{"secrets": ["{SECRET}"]}}'}},
    {"extra_fields": {"hook": f"https://me:{SECRET}@hook.test/x"}},
    {"extra_fields": {"hook": f"https://hook.test/x?sig={SECRET}"}},
    {"endpoint": f"/x?sig={SECRET}"},
    {"endpoint": f"/x?model=a&x=Bearer%20{SECRET}"},
    {"health": f"/x?code={SECRET}"},
    {"job": {"poll": f"/x/{{id}}?key={SECRET}"}},
    {"job": {"upload": f"/x?X-Amz-Signature={SECRET}"}},
]


@pytest.mark.parametrize("api", API, ids=str)
def test_a_literal_secret_is_neither_shown_nor_repeated(api: dict[str, Any]) -> None:
    config = Config.model_validate({"api": api})
    assert SECRET not in str(masked(config))
    assert any(one in (SECRET, f"Bearer {SECRET}") for one in secrets(config, {}))


def test_what_is_none_is_shown() -> None:
    api = {
        "headers": {"Accept-Language": "ko", "X-Team": "blue", "User-Agent": "our-client/1.2.3-build20251126"},
        "query": {"language_code": "ko-KR", "keywords": ["hello:2", "there"], "model": "{model}", "tag": "a"},
        "extra_fields": {"response_format": "verbose_json", "token_timestamps": True, "suppress_tokens": "-1"},
        "endpoint": "/v1/x?api-version=2025-03-01-preview&encoding=linear16",
        "job": {"poll": "/x/{id}?include=words"},
    }
    config = Config.model_validate({"api": api})
    assert masked(config) == config.model_dump(mode="json")
    assert secrets(config, {}) == ()


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("http://h/v1?model=x", "http://h/v1?model=x"),
        ("http://me:hunter2@h/v1", "http://***@h/v1"),
        ("me:hunter2@h", "***@h"),
        ("/v1?api_key=hunter2&model=x", "/v1?api_key=***&model=x"),
    ],
)
def test_a_url_without_its_secrets(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@pytest.mark.parametrize(
    ("path", "written", "text"),
    [
        (("seed",), "x", "x"),
        (("api", "base_url"), "http://me:a/b@h", "http://***@h"),
        (("api", "api_key_env"), "MY_KEY", "MY_KEY"),
        (("api", "api_key_env"), "sk-0123456789", "sk-..."),
        (("api", "extra_fields", "password"), "hunter2", "***"),
        (("api", "model"), "a\nb", "'a\\nb'"),
    ],
)
def test_a_value_in_a_message_is_one_short_line_without_a_secret(
    path: tuple[str, ...], written: str, text: str
) -> None:
    assert shown(path, written) == text


def test_a_folder_is_shown_however_long_its_name_is() -> None:
    folder = "/data/recordings-2026/calls-1"
    assert shown(("audio", "files"), folder) == folder
    assert shown(("api", "model"), folder) == "***"
    assert shown(("audio", "files"), "sk-proj-1234567890abcdef") == "***"


def test_of_a_path_the_secrets_in_its_query_are_not_shown() -> None:
    for path in (("api", "endpoint"), ("api", "job", "poll")):
        assert shown(path, '"/x/{id}?key=pony"') == "/x/{id}?key=***"
    assert shown(("api", "prompt"), '"who is it?"') == '"who is it?"'


def test_a_long_value_is_cut() -> None:
    assert shown(("api", "prompt"), "word " * 100) == ("word " * 100)[:SHOWN_CHARACTERS] + "..."


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("stop_when",), "p95(response_time_s)"),
        (("slo",), "p95(response_time_s)<2"),
        (("slo", "0"), "p95(service_time_s)<0.5"),
        (("load", "stages"), "5for60,10for60,20for60"),
        (("load", "trace"), "recorded/2026-11-27/arrivals-of-a-day.csv"),
        (("report", "junit"), "build/reports-of-2026/stt-load.xml"),
        (("report", "html"), "build/reports-of-2026/stt-load.html"),
    ],
)
def test_figures_and_files_are_no_keys(path: tuple[str, ...], written: str) -> None:
    assert shown(path, written) == written


def test_a_key_in_place_of_a_figure_is_not_shown() -> None:
    assert shown(("stop_when",), "AKIAABCDEFGHIJKLMNOP") == "***"
