"""Known services in a word."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
import yaml

import stt_load
from stt_load.cli import main
from stt_load.config import Config, ConfigError, Layer, Override, load
from stt_load.config.keys import key
from stt_load.config.preset import NAMES, How, known, text
from tests.config.conftest import Faults, Load

KEYS = {
    f"{name}_API_KEY": f"k-{name}"
    for name in ("OPENAI", "AZURE_OPENAI", "GROQ", "MISTRAL", "DEEPGRAM", "ASSEMBLYAI", "ELEVENLABS", "LITELLM")
}


def test_every_file_is_a_choice_and_every_choice_a_file() -> None:
    folder = Path(stt_load.__file__).parent / "config" / "presets"
    assert sorted(path.stem for path in folder.glob("*.yaml")) == sorted(NAMES) == sorted(key("api.preset").choices)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_right_and_cites_its_source(loaded: Load, name: str) -> None:
    config = loaded(f"api: {{preset: {name}}}", environ=KEYS)
    values = yaml.safe_load(text(name))
    assert values.keys() == {"x-about", "x-checked", "api"}
    dumped = config.api.model_dump()
    for item, value in values["api"].items():
        is_part = item in ("response", "job")  # of sections with defaults of their own
        assert dumped[item] == (dumped[item] | value if is_part else value)
    assert not config.embeds
    assert re.match(r"# .*(\n# .*)?https://", text(name)), "where it was looked up"
    assert known(name).how in get_args(How)
    assert known(name).on <= datetime.now(UTC).date()


def test_what_stands_in_the_file_wins_key_by_key(loaded: Load) -> None:
    text = "api: {preset: deepgram, query: {model: nova-2}, headers: {X: y}, timeout: {read: 5}}"
    api = loaded(text, environ=KEYS).api
    assert api.query == {"model": "nova-2", "smart_format": True}
    assert api.headers == {"Authorization": "Token ${DEEPGRAM_API_KEY}", "X": "y"}
    assert (api.protocol, api.timeout.read, api.timeout.total) == ("raw", 5, 300)


def test_on_the_command_line_it_wins_over_the_file_and_other_options_over_it(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("api: {base_url: 'http://mine', model: m, endpoint: /mine, language: ko}", encoding="utf-8")
    options = [Override("api.preset", "vllm", "--preset"), Override("api.model", "other", "--model")]
    api = load(file, options, environ={}).config.api
    assert (api.base_url, api.endpoint) == ("http://127.0.0.1:8000", "/v1/audio/transcriptions")
    assert (api.model, api.language) == ("other", "ko")
    by_environment = [Override("api.preset", "vllm", "STT_LOAD_PRESET", Layer.ENVIRONMENT)]
    command_line = [*by_environment, Override("api.base_url", "http://h", "--host")]
    assert load(file, command_line, environ={}).config.api.base_url == "http://h"


def test_what_is_given_key_by_key_wins_over_a_preset_of_the_command_line(tmp_path: Path) -> None:
    """A variable for the model was silently ignored beside --preset."""
    (tmp_path / "c.yaml").write_text("api: {model: of-the-file}", encoding="utf-8")
    given = [
        Override("api.preset", "vllm", "--preset"),
        Override("api.model", "of-the-variable", "STT_LOAD_MODEL", Layer.ENVIRONMENT),
        Override("api.base_url", "http://h", "locust.conf, host", Layer.LOCUST_FILE),
    ]
    api = load(tmp_path / "c.yaml", given, environ={}).config.api
    assert (api.model, api.base_url, api.health) == ("of-the-variable", "http://h", "/health")


def test_a_fault_of_a_preset_names_it(faults: Faults) -> None:
    (fault,) = faults("api: {preset: deepgram}")
    assert str(fault) == (
        'preset deepgram: api.headers.Authorization: "Token ${DEEPGRAM_API_KEY}" names DEEPGRAM_API_KEY, '
        "which is not set in the environment; set it"
    )
    (fault,) = faults("api: {preset: openai}")
    assert str(fault).startswith(
        "preset openai: api.api_key_env: OPENAI_API_KEY is not set in the environment; set it"
    )


@pytest.mark.parametrize("text", ["api: {preset: deepgran}", "api: {preset: [vllm]}", "api: {preset: 3}"])
def test_one_that_there_is_not(faults: Faults, text: str) -> None:
    (fault,) = faults(text)
    assert fault.key == "api.preset"
    assert "choose openai, azure-openai, groq, mistral, deepgram, assemblyai" in fault.message


def test_the_one_that_was_probably_meant_is_named(faults: Faults, capsys: pytest.CaptureFixture[str]) -> None:
    (fault,) = faults("api: {preset: whispercpp}")
    assert "is not one of the choices; did you mean `whisper-cpp`? Else choose openai, azure-openai" in fault.message
    for words in (["presets", "vlm"], ["init", "--preset", "vlm"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        assert "there is no preset vlm; did you mean vllm?" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["presets", "xxxxxx"])
    assert "there is no preset xxxxxx; choose one of openai, azure-openai" in capsys.readouterr().err


def test_an_unknown_one_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("")
    with pytest.raises(ConfigError, match="--preset"):
        load(tmp_path / "c.yaml", [Override("api.preset", "x", "--preset")], environ={})


def test_nothing_of_one_load_is_left_for_the_next(loaded: Load) -> None:
    changed = loaded("api: {preset: deepgram, query: {model: nova-2}}", environ=KEYS)
    assert changed.api.query["model"] == "nova-2"
    assert loaded("api: {preset: deepgram}", environ=KEYS).api.query["model"] == "{model}"


def test_the_list_says_of_each_how_it_was_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0
    head, *rows = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    assert head.split() == ["NAME", "CHECKED", "SERVICE"]
    assert [row.split()[0] for row in rows] == list(NAMES)
    (litellm,) = (row for row in rows if row.startswith("litellm "))
    assert re.fullmatch(r"litellm +live, 20\d\d-\d\d-\d\d  LiteLLM's proxy in front of any of these", litellm)
    assert max(map(len, rows)) <= 100


def test_one_is_shown_as_a_file_that_can_be_used(capsys: pytest.CaptureFixture[str], loaded: Load) -> None:
    assert main(["presets", "mistral"]) == 0
    out = capsys.readouterr().out
    assert out == text("mistral")
    assert loaded(out, environ=KEYS).api == loaded("api: {preset: mistral}", environ=KEYS).api.model_copy(
        update={"preset": None}
    )


def test_the_model_and_the_data_name_the_same() -> None:
    field = Config.model_fields["api"].annotation
    assert field is not None
    (literal, _) = get_args(field.model_fields["preset"].annotation)
    assert get_args(literal) == NAMES
