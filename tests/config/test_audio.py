"""The clips' keys, and the names that two of them had before."""

from __future__ import annotations

import pytest

from stt_load.config import Layer, Override, effective
from tests.config.conftest import Faults, Load


def flag(key: str, text: str, layer: Layer = Layer.COMMAND_LINE) -> Override:
    return Override(key, text, f"--{key}", layer)


def test_the_section_has_its_defaults(loaded: Load) -> None:
    audio = loaded("").audio
    assert (audio.source, audio.duration, audio.sample_rate) == ("speech", None, 16_000)


@pytest.mark.parametrize("text", ["audio: {duration: 3, sample_rate: 8e3}", "audio_duration: 3\nsample_rate: 8_000"])
def test_either_name_gives_the_value(loaded: Load, text: str) -> None:
    audio = loaded(text).audio
    assert (audio.duration, audio.sample_rate) == (3.0, 8_000)
    assert isinstance(audio.sample_rate, int)


def test_the_names_may_be_mixed_where_they_mean_different_keys(loaded: Load) -> None:
    audio = loaded("audio: {source: noise, sample_rate: 8000}\naudio_duration: 3").audio
    assert (audio.duration, audio.sample_rate) == (3.0, 8_000)
    assert loaded("audio:\naudio_duration: 3").audio.duration == 3


def test_no_rate_is_the_usual_one(loaded: Load) -> None:
    config = loaded("audio: {sample_rate: null}")
    assert config.audio.sample_rate == 16_000
    assert "sample_rate: 16000\n" in effective(config)
    assert loaded("sample_rate: 8000", flag("audio.sample_rate", "")).audio.sample_rate == 16_000


def test_what_is_in_effect_has_the_present_names_only(loaded: Load) -> None:
    text = effective(loaded("audio_duration: 3"))
    assert "audio:\n  source: speech\n  duration: 3.0\n  sample_rate: 16000\n" in text
    assert "audio_duration" not in text


def test_another_source_is_told_what_there_is(faults: Faults) -> None:
    (fault,) = faults("audio: {source: speach}")
    asked = "did you mean `speech`? Else choose speech, noise, silence or files"
    assert (fault.key, fault.message) == ("audio.source", f"speach is not one of the choices; {asked}")


@pytest.mark.parametrize("coding", ["wav", "flac"])
def test_name_and_type_of_the_audio_follow_its_format_unless_they_are_given(loaded: Load, coding: str) -> None:
    config = loaded(f"audio: {{format: {coding}}}")
    assert (config.audio_filename, config.audio_content_type) == (f"audio.{coding}", f"audio/{coding}")
    assert (config.api.audio_filename, config.api.audio_content_type) == (None, None)
    given = loaded(f"audio: {{format: {coding}}}\napi: {{audio_filename: a.wav, audio_content_type: audio/x-wav}}")
    assert (given.audio_filename, given.audio_content_type) == ("a.wav", "audio/x-wav")


@pytest.mark.parametrize(
    ("text", "lines", "message"),
    [
        (
            "audio_duration: 7\naudio: {duration: 5}",
            (2, "audio.duration", "5"),
            "5 excludes audio_duration (7, line 1), which is the same key; keep one of them",
        ),
        (
            "audio:\n  sample_rate: null\nsample_rate: 8000",
            (2, "audio.sample_rate", "null"),
            "null excludes sample_rate (8000, line 3), which is the same key; keep one of them",
        ),
        (
            "audio: {duration: 5}\naudio_duration: 5",
            (1, "audio.duration", "5"),
            "5 excludes audio_duration (5, line 2), which is the same key; keep one of them",
        ),
    ],
)
def test_both_names_in_one_file_are_a_fault(
    faults: Faults, text: str, lines: tuple[int, str, str], message: str
) -> None:
    (fault,) = faults(text)
    assert (fault.line, fault.key, fault.value) == lines
    assert fault.message == message


@pytest.mark.parametrize("layer", [Layer.LOCUST_FILE, Layer.ENVIRONMENT, Layer.COMMAND_LINE, Layer.WEB_FORM])
@pytest.mark.parametrize("names", [("audio_duration", "audio.duration"), ("audio.duration", "audio_duration")])
def test_both_names_in_one_layer_are_a_fault(faults: Faults, names: tuple[str, str], layer: Layer) -> None:
    one, other = names
    (fault,) = faults("", flag(one, "5", layer), flag(other, "7", layer))
    assert (fault.source, fault.key, fault.value) == (f"--{other}", other, "7")
    assert fault.message == f"7 excludes {one} (5, --{one}), which is the same key; keep one of them"


@pytest.mark.parametrize("low", ["audio_duration", "audio.duration"])
@pytest.mark.parametrize("high", ["audio_duration", "audio.duration"])
def test_of_two_layers_the_higher_one_wins_whatever_the_names(loaded: Load, low: str, high: str) -> None:
    assert loaded("audio: {duration: 9}", flag(high, "5")).audio.duration == 5
    assert loaded("audio_duration: 9", flag(high, "5")).audio.duration == 5
    lower = flag(low, "7", Layer.ENVIRONMENT)
    assert loaded("audio_duration: 9", flag(high, "5"), lower).audio.duration == 5
    assert loaded("audio_duration: 9", lower).audio.duration == 7


def test_a_fault_names_the_key_as_it_was_given(faults: Faults) -> None:
    (fault,) = faults("audio: {duration: 0}")
    assert (fault.key, fault.message) == ("audio.duration", "0 is too small; choose a number of seconds above 0")
    (fault,) = faults("\naudio_duration: 0")
    assert (fault.line, fault.key) == (2, "audio_duration")
    (fault,) = faults("audio_duration: 9", flag("audio.duration", "0"))
    assert (fault.source, fault.key) == ("--audio.duration", "audio.duration")


def test_a_rule_between_keys_waits_until_both_are_right(faults: Faults) -> None:
    (fault,) = faults("audio_duration: 134218\nsample_rate: x")
    assert fault.key == "sample_rate"
    (fault,) = faults("sample_rate: 8000\naudio: {duration: 1e300}")
    assert "above 4 GiB at 8000 Hz" in fault.message


def test_a_section_that_is_none_is_the_only_fault(faults: Faults) -> None:
    (fault,) = faults("audio: 5\naudio_duration: 3")
    assert fault.key == "audio"


def test_a_former_name_without_a_value_that_can_be_read_is_one_fault(faults: Faults) -> None:
    (fault,) = faults("audio_duration: !foo 3")
    assert fault.key == "audio_duration"
