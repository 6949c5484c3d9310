"""Every kind of bad input: which line, which key, which value, what is wrong and what would be right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stt_load.config import Config, ConfigError, effective, load, masked
from stt_load.run.context import api_of, target_of
from tests.config.conftest import Faults, Load

WRONG_VALUES = [
    # text, line, key, value, and parts of the message
    ("warmup_request: 1", 1, "warmup_request", "1", ["unknown key; did you mean `warmup_requests`?"]),
    ("\napi:\n  endpint: /v1", 3, "api.endpint", "/v1", ["unknown key; did you mean `endpoint`?"]),
    ("base_url: x", 1, "base_url", "x", ["unknown key; did you mean `base_url` inside `api`?"]),
    ("api.model: x", 1, "api.model", "x", ["unknown key; did you mean `model` inside `api`?"]),
    ("api: {seed_: 1}", 1, "api.seed_", "1", ["did you mean `seed` at the top level?"]),
    ("zzz: {a: 1}", 1, "zzz", "a mapping", ["unknown key; leave it out"]),
    ("1: 2", 1, "1", "2", ["unknown key"]),
    ("'': 2", 1, "''", "2", ["unknown key"]),
    ("total_requests: 0", 1, "total_requests", "0", ["too small", "a whole number from 1 to", ", or null"]),
    ('total_requests: "100"', 1, "total_requests", '"100"', ["is a text", "a whole number", "without quotes"]),
    ("total_requests: true", 1, "total_requests", "true", ["is true or false", "a whole number"]),
    ("total_requests: 1.5", 1, "total_requests", "1.5", ["is not a whole number"]),
    ("total_requests: .inf", 1, "total_requests", ".inf", ["is not a finite number"]),
    ("total_requests: [1]", 1, "total_requests", "a list", ["can't stand here"]),
    ("total_requests: 0x10", 1, "total_requests", "0x10", ["is a text"]),
    ("warmup_requests: -1", 1, "warmup_requests", "-1", ["too small", "a whole number, 0 or more"]),
    ("warmup_requests: null", 1, "warmup_requests", "null", ["is no value", "a whole number"]),
    ("warmup_requests:", 1, "warmup_requests", "null", ["is no value", "a whole number"]),
    ("warmup_requests: 100", 1, "warmup_requests", "100", ["is not below total_requests (100); choose 0 to 99"]),
    ("total_requests: 5", 1, "total_requests", "5", ["is not above warmup_requests (10); choose 11 or more"]),
    ("concurrent_requests: 0", 1, "concurrent_requests", "0", ["too small", "from 1 to"]),
    ("request_delay: -0.5", 1, "request_delay", "-0.5", ["too small", "a number from 0"]),
    ("request_delay: .nan", 1, "request_delay", ".nan", ["is not a finite number"]),
    ("audio_duration: 0", 1, "audio_duration", "0", ["too small", "a number of seconds above 0"]),
    ("audio_duration: 0.0004", 1, "audio_duration", "0.0004", ["fewer than 8 samples", "choose 0.0005 or more"]),
    ("audio_duration: 134218", 1, "audio_duration", "134218", ["above 4 GiB", "choose 134217 or less"]),
    ("audio_duration: 1e300", 1, "audio_duration", "1e300", ["above 4 GiB"]),
    ("sample_rate: 999", 1, "sample_rate", "999", ["too small", "from 1000 to 384000"]),
    ("sample_rate: 5e9", 1, "sample_rate", "5e9", ["too large", "from 1000 to 384000"]),
    (
        "seed: 9007199254740992",
        1,
        "seed",
        "9007199254740992",
        ["too large", "from 0 to 9007199254740991"],
    ),
    ("seed: " + "9" * 5000, 1, "seed", "9" * 60 + "...", ["is not a finite number"]),
    ("measure_for: 0", 1, "measure_for", "0", ["too small", "above 0"]),
    (
        "total_requests: 90\nmeasure_for: 60",
        2,
        "measure_for",
        "60",
        ["excludes total_requests (90, line 1), as both say when the run ends; choose one"],
    ),
    ('save_path: ""', 1, "save_path", '""', ["is empty; choose a text, or null"]),
    ("continue_on_dead_warmup: yes", 1, "continue_on_dead_warmup", "yes", ["is a text; choose true or false"]),
    (
        "api: {base_url: localhost:8000}",
        1,
        "api.base_url",
        "localhost:8000",
        ["has no scheme", "`http://localhost:8000`"],
    ),
    ("api: {base_url: embeded}", 1, "api.base_url", "embeded", ["did you mean `embedded`?"]),
    ("api: {base_url: 'ftp://h'}", 1, "api.base_url", "ftp://h", ["has the scheme ftp", "http(s)://"]),
    ("api: {base_url: 'http://'}", 1, "api.base_url", "http://", ["names no host"]),
    ("api: {base_url: 'http://h:x'}", 1, "api.base_url", "http://h:x", ["no valid host or port"]),
    ("api: {base_url: 'http://a..b'}", 1, "api.base_url", "http://a..b", ["no valid host or port"]),
    ("api: {base_url: 'http://h:0'}", 1, "api.base_url", "http://h:0", ["port 0"]),
    ("api: {base_url: 'http://h:65536'}", 1, "api.base_url", "http://h:65536", ["no valid host or port"]),
    ("api: {base_url: 'http://[::1'}", 1, "api.base_url", "http://[::1", ["no valid host or port"]),
    ("api: {base_url: 'http://h?q=1'}", 1, "api.base_url", "http://h?q=1", ["a query belongs into api.endpoint"]),
    ("api: {base_url: 'http://a b'}", 1, "api.base_url", "http://a b", ["no URL may have"]),
    ("api: {base_url: 'http://h/a b'}", 1, "api.base_url", "http://h/a b", ["no URL may have"]),
    ("api: {base_url: 'http://h '}", 1, "api.base_url", "http://h ", ["no URL may have"]),
    ("api: {base_url: 'http:\\\\h'}", 1, "api.base_url", "http:\\\\h", ["no URL may have"]),
    ("api: {base_url: 'http://h\\x'}", 1, "api.base_url", "http://h\\x", ["no URL may have"]),
    ("api: {base_url: 'http://a<b'}", 1, "api.base_url", "http://a<b", ["no valid host or port"]),
    ("api: {base_url: 'http://a|b'}", 1, "api.base_url", "http://a|b", ["no valid host or port"]),
    ("api: {base_url: 'http://a%20b'}", 1, "api.base_url", "http://a%20b", ["no valid host or port"]),
    ("api: {base_url: 'http://h:70000'}", 1, "api.base_url", "http://h:70000", ["no valid host or port"]),
    ("api: {base_url: 'http://h:1:2'}", 1, "api.base_url", "http://h:1:2", ["no valid host or port"]),
    ("api: {base_url: 'http://::1:80'}", 1, "api.base_url", "http://::1:80", ["no valid host or port"]),
    ("api: {base_url: 'http://:80'}", 1, "api.base_url", "http://:80", ["names no host"]),
    ("api: {base_url: 'http://u:p@'}", 1, "api.base_url", "http://***@", ["names no host"]),
    ("api: {base_url: 'http://[::g]'}", 1, "api.base_url", "http://[::g]", ["no valid host or port"]),
    (
        "api: {base_url: 'http://[::1%lo]:80'}",
        1,
        "api.base_url",
        "http://[::1%lo]:80",
        ["has a zone", "leave it out"],
    ),
    ("api: {base_url: 'http://[fe80::1%25lo]'}", 1, "api.base_url", "http://[fe80::1%25lo]", ["has a zone"]),
    ("api: {base_url: 'http://h#f'}", 1, "api.base_url", "http://h#f", ["a query or a fragment"]),
    (
        "api: {base_url: 'http://bücher.example:80/x'}",
        1,
        "api.base_url",
        "http://bücher.example:80/x",
        ["not in ASCII; write it as `xn--bcher-kva.example`"],
    ),
    ("api: {proxy: 'http://[::1%lo]:80'}", 1, "api.proxy", "http://[::1%lo]:80", ["has a zone"]),
    ("api: {proxy: 'http://a%20b:80'}", 1, "api.proxy", "http://a%20b:80", ["no valid host or port"]),
    ("api: {endpoint: v1/x}", 1, "api.endpoint", "v1/x", ["does not begin with a slash; choose `/v1/x`"]),
    ("api: {endpoint: 'http://h/x'}", 1, "api.endpoint", "http://h/x", ["a path such as /v1/audio/transcriptions"]),
    ("api: {endpoint: /a b}", 1, "api.endpoint", "/a b", ["percent-encoded"]),
    ("api: {health: health}", 1, "api.health", "health", ["does not begin with a slash"]),
    ("api: {model: 1}", 1, "api.model", "1", ["is a number; choose a text", 'in quotes: "1"']),
    (
        "api: {response_format: jsn}",
        1,
        "api.response_format",
        "jsn",
        ["choose json, verbose_json, diarized_json, text, srt or vtt"],
    ),
    ("api: {temperature: -1}", 1, "api.temperature", "-1", ["too small"]),
    (
        "api: {extra_fields: {model: x}}",
        1,
        "api.extra_fields.model",
        "x",
        ["has a key of its own", "`model` inside `api`"],
    ),
    ("api: {extra_fields: {file: x}}", 1, "api.extra_fields.file", "x", ["carries the audio"]),
    ("api: {protocol: multipart, audio_field: a, extra_fields: {a: x}}", 1, "api.extra_fields.a", "x", ["the audio"]),
    ("api: {protocol: raw, extra_fields: {a: x}}", 1, "api.extra_fields.a", "x", ["no", "choose `api.query`"]),
    ("api: {protocol: raw, language: ko}", 1, "api.language", "ko", ["openai only", "`language` inside `api.query`"]),
    ("api: {protocol: multipart, prompt: x}", 1, "api.prompt", "x", ["`prompt` inside `api.extra_fields`"]),
    ("api: {call: my_calls}", 1, "api.call", "my_calls", ["FILE.py:FUNCTION", "my_calls.py:transcribe"]),
    ("api: {ca_bundle: not-there.pem}", 1, "api.ca_bundle", "not-there.pem", ["can't be read", "choose a PEM file"]),
    ("api: {ca_bundle: /dev/null}", 1, "api.ca_bundle", "/dev/null", ["holds no certificate"]),
    ("api: {verify: ca.pem}", 1, "api.verify", "ca.pem", ["is a text; choose true or false"]),
    ("api: {keep_alive: maybe}", 1, "api.keep_alive", "maybe", ["choose true or false, or a mapping such as"]),
    ("api: {keep_alive: {max_requests: 0}}", 1, "api.keep_alive", "a mapping", ["{max_requests: N}"]),
    ("api: {keep_alive: {requests: 5}}", 1, "api.keep_alive", "a mapping", ["{max_requests: N}"]),
    (
        "api: {response: {processing_time: {header: X Y}}}",
        1,
        "api.response.processing_time",
        "a mapping",
        ["has something wrong in it; choose a text, or null, or a mapping such as {header: HEADER, unit: s}"],
    ),
    (
        "api: {response: {processing_time: {headr: X}}}",
        1,
        "api.response.processing_time",
        "a mapping",
        ["wrong in it"],
    ),
    ("api: {response: {processing_time: {header: X, unit: h}}}", 1, "api.response.processing_time", "a mapping", []),
    ("api: {response: {processing_time: 'a['}}", 1, "api.response.processing_time", "'a['", ["is no JMESPath"]),
    ("api: {keep_alive: 5}", 1, "api.keep_alive", "5", ["choose true or false, or a mapping"]),
    ("api: {capture_headers: x}", 1, "api.capture_headers", "x", ["choose a list of texts, such as [one, two]"]),
    ("api: {capture_headers: [x, 3]}", 1, "api.capture_headers", "a list", ["choose a list of texts"]),
    ('api: {capture_headers: ["a b"]}', 1, "api.capture_headers", "a list", ["is no name of a header"]),
    ("api: {proxy: socks5://h}", 1, "api.proxy", "socks5://h", ["is no URL of an HTTP proxy"]),
    ("api: {proxy: http://h:0}", 1, "api.proxy", "http://h:0", ["has port 0"]),
    (
        'api: {proxy: "http://${A B}@h"}',
        1,
        "api.proxy",
        "http://***@h",
        ["what is no name of an environment variable"],
    ),
    ("api: {stream: true, protocol: submit_poll}", 1, "api.stream", "true", ["has no meaning with protocol"]),
    ("api: {stream_dialect: azure}", 1, "api.stream_dialect", "azure", ["choose openai, vllm, mistral, segments"]),
    ("api: {job: {poll: /jobs}}", 1, "api.job.poll", "/jobs", ["does not have `{id}` in it"]),
    ("api: {job: {done: []}}", 1, "api.job.done", "a list", ["choose a list of texts"]),
    ("api: {job: {status: 'a['}}", 1, "api.job.status", "'a['", ["is no JMESPath expression"]),
    (
        "api: {protocol: submit_poll, job: {audio: upload}}",
        1,
        "api.job.audio",
        "upload",
        ["needs a path in job.upload; choose form or raw, or set that path"],
    ),
    ("api: {response: {duration_unit: h}}", 1, "api.response.duration_unit", "h", ["choose s, ms, us or 100ns"]),
    ("api: {protocol: form}", 1, "api.protocol", "form", ["choose openai, multipart, raw or submit_poll"]),
    ("api: {audio_field: ''}", 1, "api.audio_field", "''", ["no name of a form field"]),
    ("api: {audio_content_type: wav}", 1, "api.audio_content_type", "wav", ["such as audio/wav"]),
    ("api: {response: {text: 'a['}}", 1, "api.response.text", "'a['", ["no JMESPath expression", "such as text or"]),
    ("api: {response: {text: ''}}", 1, "api.response.text", "''", ["no JMESPath expression"]),
    ("api: {response: text}", 1, "api.response", "text", ["is a text; choose lines of the form"]),
    ("api: {extra_fields: {'': x}}", 1, "api.extra_fields.''", "``", ["no name of a form field"]),
    ("api: {extra_fields: {x: null}}", 1, "api.extra_fields.x", "null", ["is no value; choose a text, a number"]),
    ("api: {extra_fields: {x: [[1]]}}", 1, "api.extra_fields.x", "a list", ["has an item that is none"]),
    ("api: {extra_fields: {x: .nan}}", 1, "api.extra_fields.x", ".nan", ["is not a finite number"]),
    ("api: {extra_fields: [1]}", 1, "api.extra_fields", "a list", ["choose a mapping with lines of the form"]),
    ("api: {timeout: 5}", 1, "api.timeout", "5", ["is a number", "connect, first_byte, read or total"]),
    ("api: {timeout: {read: 0}}", 1, "api.timeout.read", "0", ["too small", "above 0"]),
    ("api: {timeout: {total: 1e400}}", 1, "api.timeout.total", "1e400", ["is not a finite number"]),
    ("api: {max_answer_bytes: 0}", 1, "api.max_answer_bytes", "0", ["too small"]),
    ('api: {prompt: "\\ud800"}', 1, "api.prompt", "'\"\\ud800\"'", ["is not Unicode text"]),
    ("api: 5", 1, "api", "5", ["is a number; choose lines of the form `key: value`", "base_url"]),
    ("embedded: {seed: 9007199254740992}", 1, "embedded.seed", "9007199254740992", ["too large"]),
    ("embedded: {slots: 0}", 1, "embedded.slots", "0", ["too small", "a whole number from 1"]),
    ('embedded: {rtf: "1"}', 1, "embedded.rtf", '"1"', ["is a text; choose a number, 0 or more, without quotes"]),
    ("embedded: {jitter: normal}", 1, "embedded.jitter", "normal", ["none, uniform, exponential or lognormal"]),
    ("embedded: {error_rate: 1.1}", 1, "embedded.error_rate", "1.1", ["too large", "from 0 to 1"]),
    ("embedded: {slot: 1}", 1, "embedded.slot", "1", ["did you mean `slots`?"]),
    ("report: {language: de}", 1, "report.language", "de", ["choose en or ko"]),
    ("validity: {strict: 1}", 1, "validity.strict", "1", ["is a number; choose true or false"]),
    ("seed: 1\nseed: 2", 2, "seed", "2", ["the key is in line 1 already, and again in line 2; keep one"]),
    ("api:\n  model: a\n  model: b", 3, "api.model", "b", ["in line 2 already, and again in line 3"]),
    ("seed: !!int x", 1, "seed", "x", ["has the tag !!int, but is none"]),
    ("seed: !mine 1", 1, "seed", "1", ["has the tag !mine, which has no meaning here"]),
]


@pytest.mark.parametrize(("text", "line", "key", "value", "parts"), WRONG_VALUES)
def test_a_wrong_value_is_one_fault_with_its_place(
    faults: Faults, tmp_path: Path, text: str, line: int, key: str, value: str, parts: list[str]
) -> None:
    (fault,) = faults(text)
    assert (fault.source, fault.line, fault.key, fault.value) == (str(tmp_path / "config.yaml"), line, key, value)
    for part in [*parts, value]:
        assert part in fault.message
    assert str(fault) == f"{fault.source}: line {line}, {key}: {fault.message}"


UNREADABLE = [
    # text, line, column, part of the message
    ("seed: 1\n\tmodel: 1", 2, 1, "a tab"),
    ("a: b: c", 1, 5, "a second `:`"),
    ("a: 1\n  b: 2", 2, 4, "wrong indentation"),
    ("a: 1\nb", 2, 2, "a key without its `:`"),
    ("a:\n    b: 1\n  c: 2", 3, 3, "line up"),
    ("a: 1\nb: 'x\nc: 1", 2, 4, "never closed"),
    ("a: [1, 2\nb: 1", 2, 2, "end it with `]`"),
    ("a: {b: 1", 1, 9, "end it with `}`"),
    (": 2", 1, 1, "no key before this `:`"),
    ("{", 1, 2, "a value is missing here"),
    ("a: 1\n---\nb: 1", 2, 1, "a second YAML document"),
    ("a: *x", 1, 4, "an alias"),
    ("a: !x!y 1", 1, 4, "a tag"),
    ("a: @x", 1, 4, "put quotes around the text"),
    ("%YAML 3.0\n---\na: 1", 1, 1, "YAML version"),
    ("a: 1\nb: \x01", 2, 4, "U+0001"),
    (b"a: 1\nb: \xff", 2, None, "not UTF-8: the byte 0xFF; save the file as UTF-8"),
    ("a: 1".encode("utf-16"), 1, None, "not UTF-8"),
    ('a: "\\UFFFFFFFF"', None, None, "a character that doesn't exist"),
    ("[" * 1_000, None, None, "nested too deeply"),
    ("a: &a [*a]", 1, None, "20 levels"),
    ("a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
     "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d]", 1, None, "10000 values"),
    ("- 1", 1, None, "a list is all there is; choose lines of the form `key: value`"),
    ("text", 1, None, "text is all there is"),
    ("? [a]\n: 1", 1, None, "can't be a key"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "part"), UNREADABLE)
def test_what_is_no_mapping_in_yaml_is_one_fault_in_plain_words(
    faults: Faults, text: str | bytes, line: int | None, column: int | None, part: str
) -> None:
    (fault,) = faults(text)
    assert (fault.line, fault.column, fault.key) == (line, column, None)
    assert part in fault.message


def test_all_faults_at_once_in_the_order_of_the_file(faults: Faults) -> None:
    text = "warmup_requests: 100\nseed: x\napi:\n  endpint: /v1\n  timeout: {read: 0}\nseed: 2\n"
    found = faults(text)
    assert [(fault.line, fault.key) for fault in found] == [
        (1, "warmup_requests"),
        (2, "seed"),
        (4, "api.endpint"),
        (5, "api.timeout.read"),
        (6, "seed"),
    ]


def test_a_rule_between_keys_waits_until_both_are_right(faults: Faults) -> None:
    (fault,) = faults("total_requests: x\nwarmup_requests: 1000")
    assert fault.key == "total_requests"


def test_the_message_is_laid_out_for_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("total_requests: 100\nseed: 1\nwarmup_requests: 100\napi:\n  endpint: /v1\n")
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    assert str(caught.value).splitlines() == [
        f"{path}: 2 problems",
        "  line 3, warmup_requests: 100 is not below total_requests (100); choose 0 to 99",
        "  line 5, api.endpint: unknown key; did you mean `endpoint`? (given: /v1)",
    ]


def test_the_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    # A path below a file stands for all that can't be opened: no permission bit stops root.
    for path, part in [
        (Path("gone.yaml"), f"missing file (working directory: {tmp_path}); make one"),
        (Path("gone.yaml"), "CONFIG_PATH"),
        (Path(), "a directory; choose a file, such as config.yaml"),
        (Path("file/config.yaml"), "can't be read: Not a directory"),
        (Path("nul\0.yaml"), "can't be read"),
    ]:
        with pytest.raises(ConfigError) as caught:
            load(path, environ={})
        (fault,) = caught.value.faults
        assert fault.source == str(path)
        assert part in fault.message
    with pytest.raises(ConfigError, match=r"other\.yaml: 1 problem"):
        load(environ={"CONFIG_PATH": "other.yaml"})
    assert load(Path("file"), environ={}).path == Path("file")
    (tmp_path / "config.yaml").write_text("seed: 7")
    assert load(environ={"CONFIG_PATH": ""}).config.seed == 7


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
