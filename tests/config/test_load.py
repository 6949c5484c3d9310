"""Whatever file is given as a configuration, and whatever stands in it: exit code 2 and a line that says why."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import yaml

from stt_load.config import Config, ConfigError, Override, load
from stt_load.config.faults import MOST_SHOWN
from stt_load.config.keys import keys
from stt_load.config.layers import Layer
from stt_load.config.load import MOST_BYTES
from tests.cli.test_program import stt_load
from tests.config.conftest import Faults, Load

ODD = {
    "half of a surrogate pair": ("\\ud800", "is not Unicode text (it has half of a surrogate pair)"),
    "NUL": ("\\0", "has the control character U+0000; take it out"),
    "escape": ("\\e[31m", "has the control character U+001B; take it out"),
    "DEL": ("\\x7f", "has the control character U+007F; take it out"),
    "C1": ("\\x9b", "has the control character U+009B; take it out"),
}
TEXT_KEYS = [".".join(key.path) for key in keys().values() if key.kind == "string"]


def nested(name: str, value: str) -> str:
    *sections, last = name.split(".")
    return "".join(f"{section}: {{" for section in sections) + f"{last}: {value}" + "}" * len(sections)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", TEXT_KEYS)
def test_no_text_has_a_character_that_is_none(faults: Faults, name: str, kind: str) -> None:
    written, said = ODD[kind]
    for text in (f'"{written}"', f'"/a{written}"', f'"http://h{written}"'):
        (fault,) = faults("\n" + nested(name, text))
        assert (fault.line, fault.key) == (2, name)
        assert said in fault.message
        assert fault.message.isprintable()


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('"%s": 1', None),
        ('api: {"%s": 1}', "api."),
        ('api: {headers: {"x%s": 1}}', "api.headers."),
        ('api: {headers: {x: "%s"}}', "api.headers.x"),
        ('api: {query: {x: [a, "%s"]}}', "api.query.x"),
        ('api: {extra_fields: {x: "%s"}}', "api.extra_fields.x"),
        ('api: {job: {done: ["%s"]}}', "api.job.done"),
        ('api: {capture_headers: ["%s"]}', "api.capture_headers"),
        ('total_requests: "%s"', "total_requests"),
        ('zzz: ["%s"]', "zzz"),
    ],
)
def test_nor_has_a_name_or_an_item(faults: Faults, text: str, key: str | None, kind: str) -> None:
    written, said = ODD[kind]
    found = faults(text % written)
    assert said in found[0].message
    assert (found[0].key or "").startswith(key or "'")
    assert all(fault.detail.isprintable() for fault in found)


@pytest.mark.parametrize("text", ["\udcff", "a\ud800", "\0", "\x9b"])
def test_nor_has_what_overrides_the_file(loaded: Load, text: str) -> None:
    """Bytes that are no UTF-8 come from a shell as halves of surrogate pairs."""
    for layer in (Layer.ENVIRONMENT, Layer.COMMAND_LINE, Layer.WEB_FORM):
        for key in ("api.model", "api.endpoint", "api.base_url", "total_requests", "save_path"):
            with pytest.raises(ConfigError, match=r"Unicode|control character") as caught:
                loaded("", Override(key, text, "--there", layer))
            (fault,) = caught.value.faults
            assert (fault.source, fault.key) == ("--there", key)


def test_tabs_and_line_ends_are_a_text(loaded: Load) -> None:
    assert loaded("api: {prompt: \"a\\tb\\r\\nc\", model: '가 \U0001f600'}").api.prompt == "a\tb\r\nc"


@pytest.mark.parametrize(
    ("tagged", "key"),
    [
        ("!!python/object/apply:os.system ['true']", "api"),
        ("!!python/object:x.y {a: 1}", "api"),
        ("!mine {}", "api"),
        ("!!set {a}", "api"),
    ],
)
def test_a_tag_has_no_meaning(faults: Faults, tagged: str, key: str) -> None:
    (fault,) = faults(f"{key}: {tagged}")
    assert fault.key == key
    assert "which has no meaning here; leave it out" in fault.message


def test_nor_has_one_on_all_of_it(faults: Faults) -> None:
    (fault,) = faults("!!python/object:x.y\nseed: 1")
    assert "a mapping is all there is" in fault.message


def billion_laughs() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 900_000, "nested too deeply"),
        ("- " * 400_000, "nested too deeply"),
        ("? " * 400_000, "nested too deeply"),
        ("a: " + "{b: " * 200_000, "nested too deeply"),
        ("a: " + "[" * 30 + "]" * 30, "20 levels"),
        (billion_laughs(), "10000 values"),
        (
            billion_laughs().replace("[x,", "{x: 1, <<: [").replace("x]", "{y: 1}]}"),
            "10000 values|can't be merged|merge",
        ),
        ("a: &a {<<: *a}", "20 levels"),
        ("a: &a {<<: [" + ", ".join(["*a"] * 100) + "]}", "20 levels"),
        ("\n".join(f"k{number}: 1" for number in range(90_000)), "10000 values"),
        ("a: [" + "1," * 400_000 + "]", "10000 values"),
        ('api: {headers: {x: "' + "${A" * 200_000 + '"}}', "is never closed"),
        ("a: !x" + "y" * 900_000 + " 1", "has the tag"),
        ("api: {base_url: " + "k." * 400_000 + "}", "has no scheme"),
    ],
    ids=[
        "lists",
        "items",
        "keys",
        "mappings",
        "levels",
        "laughs",
        "merged",
        "cycle",
        "cycles",
        "keys",
        "values",
        "variables",
        "tag",
        "url",
    ],
)
def test_a_file_within_the_limit_takes_bounded_work(faults: Faults, text: str, said: str) -> None:
    started_s = time.process_time()
    try:
        found = faults(text)
    except pytest.fail.Exception:  # it may be a configuration
        found = ()
    assert time.process_time() - started_s < 20
    assert "variables" in said or not found or any(part in found[0].message for part in said.split("|"))
    assert all(len(fault.detail) < 1_200 for fault in found)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("audio_content_type", "audio/wav" + ";a" * 60 + " "),  # each `;` was looked at in two ways: 2^60
        ("audio_content_type", "audio/wav" + "; a" * 100_000 + " "),
        ("endpoint", "/" + "?" * 200_000),  # what follows each was looked through to its end
        ("health", "/?" + "?a" * 100_000),
        ("base_url", "http://h?" + "?a" * 100_000),
        ("proxy", "http://" + "${A" * 60_000),
    ],
    ids=["semicolons", "parameters", "endpoint", "health", "base_url", "proxy"],  # the texts are too long for names
)
def test_a_long_text_takes_time_by_its_length(tmp_path: Path, key: str, text: str) -> None:
    """In a process that can be ended: the machine's patience is no measure, and a regular expression has none."""
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({"api": {key: text}}, width=1_000_000), encoding="utf-8")
    assert stt_load("check-config", cwd=tmp_path).returncode in (0, 2)


def test_many_faults_are_not_all_told(faults: Faults) -> None:
    found = faults("\n".join(f"k{number}: 1" for number in range(MOST_SHOWN + 400)))
    assert len(found) == MOST_SHOWN + 400
    lines = str(ConfigError(found)).splitlines()
    assert (len(lines), lines[-1]) == (MOST_SHOWN + 2, "  and 400 more")


def test_a_file_of_the_largest_size_is_read_and_no_larger_one(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"#" * (MOST_BYTES - 1) + b"\n")
    assert load(path, environ={})
    path.write_bytes(b"#" * MOST_BYTES + b"\n")
    with pytest.raises(ConfigError, match="larger than 1 MB, which is the limit"):
        load(path, environ={})
    with path.open("wb") as file:
        file.truncate(100 * 2**30)  # no memory has that
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        load(path, environ={})


def odd_file(folder: Path, kind: str) -> Path:
    path = folder / "odd"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "directory":
            path.mkdir()
        case "bytes":
            path.write_bytes(os.urandom(100_000))
        case "large":
            path.write_bytes(b"# 100 MB\n" * 11_000_000)
    return path


SAID = {
    "pipe": "a named pipe, not an ordinary file",
    "device": "a device, not an ordinary file",
    "directory": "a directory",
    "bytes": "not UTF-8",
    "large": "larger than 1 MB",
    "missing": "missing file",
}


@pytest.mark.parametrize("kind", SAID)
def test_the_command_says_so_and_ends_with_2(tmp_path: Path, kind: str) -> None:
    path = odd_file(tmp_path, kind)
    done = stt_load("check-config", str(path), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert SAID[kind] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["pipe", "device", "directory", "large"])
def test_files_that_a_configuration_names_are_ordinary_ones_too(tmp_path: Path, kind: str) -> None:
    path = odd_file(tmp_path, kind)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"api": {"ca_bundle": str(path)}}), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"api\.ca_bundle") as caught:
        load(tmp_path / "config.yaml", environ={})
    (fault,) = caught.value.faults
    assert SAID[kind].removeprefix("a directory") in fault.message or "10 MB" in fault.message


def test_a_byte_order_mark_is_no_part_of_it_and_a_second_key_is_a_fault(loaded: Load, faults: Faults) -> None:
    assert loaded("\ufeffseed: 7").seed == 7
    (fault,) = faults("seed: 7\napi: {}\nseed: 8")
    assert (fault.key, fault.line) == ("seed", 3)
    assert "keep one" in fault.message


def test_without_a_file_all_keys_have_their_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load(environ={})
    assert (loaded.config, loaded.path) == (Config(), None)
    (note,) = loaded.notes
    assert note == f"no config.yaml in {tmp_path}: all keys have their defaults (`stt-load init` writes one)"
    (tmp_path / "config.yml").touch()
    (note,) = load(environ={}).notes
    assert "config.yml is not read; rename it" in note


def test_a_file_that_was_named_or_meant_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"gone\.yaml: 1 problem\n  missing file"):
        load(environ={"CONFIG_PATH": "gone.yaml"})
    (tmp_path / "config.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(ConfigError, match=r"config\.yaml: 1 problem\n  missing file"):
        load(environ={})
