"""What good input means."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from stt_load.audio.names import MOST_SAMPLES
from stt_load.config import ApiConfig, Config, load
from tests.config.conftest import Load


def test_an_empty_file_and_empty_sections_are_all_defaults(loaded: Load) -> None:
    for text in ("", "# nothing\n", "---\n", "null", "{}", "\ufeff", "api:\nembedded:\nreport: {}\nvalidity: null"):
        assert loaded(text) == Config()


def test_whole_numbers_may_be_written_as_others(loaded: Load) -> None:
    config = loaded("total_requests: 1e3\nsample_rate: 16_000\nembedded: {slots: 4.0}\nrequest_delay: 1")
    assert (config.total_requests, config.audio.sample_rate, config.embedded.slots) == (1000, 16_000, 4)
    assert isinstance(config.total_requests, int)
    assert isinstance(config.request_delay, float)


def test_a_time_to_measure_replaces_the_default_number(loaded: Load) -> None:
    assert loaded("measure_for: 60").total_requests is None
    assert loaded("measure_for: 60\ntotal_requests: null").total_requests is None
    assert loaded("measure_for: null").total_requests == 100
    assert loaded("total_requests: null").measure_for is None


def test_without_an_end_any_warmup_will_do(loaded: Load) -> None:
    assert loaded("total_requests: null\nwarmup_requests: 1_000").warmup_requests == 1000


def test_extra_fields_keep_their_types(loaded: Load) -> None:
    text = "api: {extra_fields: {a: x, b: 1, c: 1.0, d: true, e: [1, 2.5, y, false], 'f[]': [], 1: no}}"
    fields = loaded(text).api.extra_fields
    assert fields == {"a": "x", "b": 1, "c": 1.0, "d": True, "e": [1, 2.5, "y", False], "f[]": [], "1": "no"}
    assert [type(fields[name]) for name in "bcd"] == [int, float, bool]


@pytest.mark.parametrize(
    ("base", "endpoint", "url"),
    [
        ("http://h", "/v1/x", "http://h/v1/x"),
        ("http://h:80/", "/v1/x", "http://h:80/v1/x"),
        ("HTTPS://u:p@h/base//", "/v1/x?a=b", "HTTPS://u:p@h/base/v1/x?a=b"),
        ("http://[::1]:8000", "/", "http://[::1]:8000/"),
    ],
)
def test_the_url_is_base_and_endpoint(loaded: Load, base: str, endpoint: str, url: str) -> None:
    config = loaded(f"api: {{base_url: '{base}', endpoint: '{endpoint}'}}")
    assert config.api.url(config.api.base_url) == url
    assert not config.embeds


def test_the_embedded_servers_url_is_not_known_yet() -> None:
    assert Config().embeds
    assert Config().api.url("http://127.0.0.1:5") == "http://127.0.0.1:5/v1/audio/transcriptions"


def test_a_function_is_called_and_no_server_is_started(loaded: Load) -> None:
    config = loaded("api: {call: 'sub/my_calls.py:hear'}")
    assert not config.embeds
    assert config.api.url(config.api.base_url) == "sub/my_calls.py:hear"


@pytest.mark.parametrize(
    ("text", "drain"), [("", 30), ("drain_s: 0", 0), ("drain_s: 99", 99), ("api: {timeout: {total: 4}}", 4)]
)
def test_the_drain_follows_the_total_timeout(loaded: Load, text: str, drain: float) -> None:
    assert loaded(text).drain == drain


def test_the_shortest_and_the_longest_clip(loaded: Load) -> None:
    assert loaded("audio_duration: 0.0005").audio.duration == 0.0005
    rate = 16_000
    assert loaded(f"audio_duration: {MOST_SAMPLES / rate}").audio.duration == MOST_SAMPLES / rate
    assert 36 + 2 * MOST_SAMPLES < 2**32 <= 36 + 2 * (MOST_SAMPLES + 1)


def test_the_configuration_is_immutable_and_strict() -> None:
    with pytest.raises(ValidationError):
        Config().seed = 1
    with pytest.raises(ValidationError):
        ApiConfig(model=5)  # type: ignore[arg-type]


def test_load_says_where_a_value_was_given(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("\nseed: 1\n")
    origin = load(path, environ={}).origins[("seed",)]
    assert (origin.source, origin.line, origin.written) == (str(path), 2, "1")
