"""Numbers that are texts: what is sent as a text is sent as it is written."""

from __future__ import annotations

import json

import pytest

from stt_load.config import Config, effective, masked
from stt_load.run.context import api_of, target_of
from tests.config.conftest import Faults, Load

# How it is written without quotes, and so how it goes out.
WRITTEN = [
    "1.10", "007", "0.50", "1e3", "1E-2", "1_000", "+5", "-0", "5.", ".5", "-.50", "1.0", "1", "0", "010",
    "0x1F", "0o17", "00", "1_000.50", "12:30:00", "2025-03-01", "2025-03-01T00:00:00Z",
    "12345678901234567890123", "1.7976931348623157e308", "0.1000000000000000055511151231257827", "true", "True",
    "FALSE", "on", "off", "yes", "no", "y", "inf", "1.2.3", "+1", "=", "0b11", "1e+3", "123456789.10",
]  # fmt: skip
BASE = "base_url: 'http://h'"


def query_of(config: Config) -> str:
    return target_of(config, "http://h/x").path.partition("?")[2].replace("%2B", "+").replace("%3A", ":")


def form_of(config: Config) -> bytes:
    return bytes(api_of(config, "http://h/x").form.around((), 0).parts[0])


@pytest.mark.parametrize("written", WRITTEN)
def test_it_goes_out_as_it_is_written(loaded: Load, written: str) -> None:
    config = loaded(
        f"""
api:
  {BASE}
  query: {{a: {written}, b: [x, {written}]}}
  extra_fields: {{a: {written}, b: [{written}, x]}}
  headers: {{a: {written}}}
"""
    )
    assert query_of(config).replace("%3D", "=") == f"a={written}&b=x&b={written}"
    assert form_of(config).count(f"\r\n\r\n{written}\r\n".encode()) == 2
    assert target_of(config, "http://h").headers["a"] == written


def test_the_result_and_the_effective_configuration_have_it_as_it_is_sent(loaded: Load) -> None:
    config = loaded(f"api: {{{BASE}, query: {{v: 1.10, id: 007, n: 5, f: true}}}}")
    assert json.loads(json.dumps(masked(config)))["api"]["query"] == {"v": "1.10", "id": "007", "n": 5, "f": True}
    again = loaded(effective(config))
    assert again == config
    assert query_of(again) == "v=1.10&id=007&n=5&f=true"
    assert query_of(Config.model_validate_json(config.model_dump_json())) == "v=1.10&id=007&n=5&f=true", "on a worker"


def test_a_number_beyond_json_is_a_text_in_the_result(loaded: Load) -> None:
    config = loaded(f"api: {{{BASE}, query: {{id: 9007199254740993, other: 9007199254740991}}}}")
    assert masked(config)["api"]["query"] == {"id": "9007199254740993", "other": 9007199254740991}
    assert query_of(config) == "id=9007199254740993&other=9007199254740991"


def test_it_does_so_by_way_of_an_alias_a_merge_and_a_tag(loaded: Load) -> None:
    text = f"""
x-all: &all {{v: &v 1.10, w: !!float 2.50}}
api:
  {BASE}
  query: {{<<: *all, a: [*v]}}
"""
    assert query_of(loaded(text)) == "a=1.10&v=1.10&w=2.50"


def test_quotes_keep_a_text_that_looks_like_a_number_or_nothing(loaded: Load) -> None:
    config = loaded(f"""api: {{{BASE}, query: {{a: "1.10", b: '007', c: "null", d: '~', e: ""}}}}""")
    assert query_of(config) == "a=1.10&b=007&c=null&d=~&e="


REFUSED = [(section, written) for section in ("query", "extra_fields", "headers") for written in ("null", "~", "")]
REFUSED += [(section, written) for section in ("query", "extra_fields") for written in (".nan", ".inf", "1e400")]


@pytest.mark.parametrize(("section", "written"), REFUSED)
def test_what_is_no_value_is_refused(faults: Faults, section: str, written: str) -> None:
    (fault,) = faults(f"api: {{{section}: {{a: {written}}}}}")
    assert fault.key == f"api.{section}.a"
    assert "is no value" in fault.message or "is not a finite number" in fault.message


def test_in_json_numbers_are_numbers(loaded: Load) -> None:
    """Of a job whose clip was uploaded: there YAML's meaning is JSON's, and quotes make a text."""
    text = """
api:
  base_url: http://h
  protocol: submit_poll
  job: {audio: upload, upload: /u}
  query: {v: 1.10}
  extra_fields: {a: 1.10, b: 007, c: "007", d: [1e3, True, 0.50], e: 1_000}
"""
    config = loaded(text)
    plan = api_of(config, "http://h/v1/audio/transcriptions").plan
    assert plan is not None
    assert json.dumps(dict(plan.fields)) == '{"a": 1.1, "b": 7, "c": "007", "d": [1000.0, true, 0.5], "e": 1000}'
    assert query_of(config) == "v=1.10"


def test_a_job_in_a_form_has_texts(loaded: Load) -> None:
    config = loaded(f"api: {{{BASE}, protocol: submit_poll, extra_fields: {{a: 1.10}}}}")
    assert b'name="a"\r\n\r\n1.10\r\n' in form_of(config)


@pytest.mark.parametrize("key", ["model", "language", "prompt", "audio_field"])
def test_in_keys_for_one_text_quotes_are_asked_for(faults: Faults, key: str) -> None:
    (fault,) = faults(f"api: {{{key}: 1.10}}")
    assert 'in quotes: "1.10"' in fault.message
