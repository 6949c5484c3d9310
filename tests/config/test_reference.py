"""The reference of all keys."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from stt_load.cli import main
from stt_load.config import Override, load
from stt_load.config.keys import Key, keys
from stt_load.config.reference import EXAMPLES, example, text
from tests.config.recordings import pack

FILE = Path(__file__).parents[2] / "docs" / "configuration.md"
VALUES = [key for key in keys().values() if key.kind != "section"]


def test_the_file_in_the_tree_is_this_text() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "`stt-load keys > docs/configuration.md` makes it anew"


@pytest.mark.parametrize("key", VALUES, ids=lambda key: ".".join(key.path))
def test_every_example_is_taken_as_it_stands(key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if key.path[-1] == "pack":
        pack(tmp_path / EXAMPLES[".".join(key.path)])
    if key.path == ("audio", "files"):
        pack(tmp_path / EXAMPLES["audio.files"] / "manifest.jsonl")
    if key.path == ("load", "trace"):
        (tmp_path / EXAMPLES["load.trace"]).write_text('{"offset_s": 0, "audio_s": 2}\n', encoding="utf-8")
    file = tmp_path / "config.yaml"
    file.write_text(example(key), encoding="utf-8")
    place = yaml.safe_load(example(key))
    for name in key.path:
        place = place[name]
    assert place is not None, "EXAMPLES in stt_load/config/reference.py has none for this key"
    limit = [Override("slo", "p95(response_time_s) < 2", "--slo")] if key.path == ("load", "search") else []
    load(file, limit, environ={"STT_API_KEY": "x"}, speaks=False)  # without this machine's keys and files


def test_examples_are_of_keys_that_there_are() -> None:
    assert EXAMPLES.keys() <= {".".join(key.path) for key in VALUES}


def test_a_key_has_its_default_its_option_and_its_former_name() -> None:
    words = " ".join(text().split())
    assert "### `audio.duration` Length of clips in seconds: a number; a range" in words
    assert (
        "`audio_duration` at the top level is the same key. - Default: `null` - Allowed: a number above 0, or null, "
        "or a range such as 3..20, or {lognormal: {median: 8, sigma: 0.6, max: 60}}, or {empirical: FILE} "
        "- For one run: `--audio-duration`, or the environment variable `STT_LOAD_AUDIO_DURATION` "
        "- Example: `audio: {duration: 30}`"
    ) in words


def test_a_part_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "timeout.re"]) == 0
    assert capsys.readouterr().out.startswith("### `api.timeout.read`\n")
    assert main(["keys", "audio_duration"]) == 0
    assert capsys.readouterr().out.startswith("### `audio.duration`\n")
    assert main(["keys", "users"]) == 2
    assert "did you mean `concurrent_requests`?" in capsys.readouterr().err
