"""The values of clips that have several forms: what is taken, in which normal form, and what is said of the rest."""

from __future__ import annotations

import math
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.config import Layer, Override, effective
from stt_load.config.clip_values import LONGEST_S, duration, vary
from stt_load.config.options import OPTIONS
from stt_load.config.schema import schema
from tests.config.conftest import Faults, Load

VALIDATOR = jsonschema.Draft202012Validator(schema())
LOGNORMAL = {"lognormal": {"median": 8, "sigma": 0.6, "max": 60}}
TAKEN: list[tuple[str, Any]] = [
    ("10", 10.0),
    ("2.5", 2.5),
    ("1e1", 10.0),
    ("3..20", "3..20"),
    ("0.5 .. 1_000", "0.5..1000"),
    ("7..7", "7..7"),
    ("{lognormal: {median: 8, sigma: 0.6, max: 60}}", LOGNORMAL),
    ("{lognormal: {median: 8, sigma: 0.6}}", {"lognormal": {"median": 8.0, "sigma": 0.6}}),
    ("{lognormal: {median: 8, sigma: 0.6, max: null}}", {"lognormal": {"median": 8.0, "sigma": 0.6}}),
    ("{empirical: a/lengths.csv}", {"empirical": "a/lengths.csv"}),
    ("null", None),
]


@pytest.mark.parametrize(("text", "value"), TAKEN)
def test_a_duration_is_the_same_in_a_file_and_on_the_command_line(load_clips: Load, text: str, value: Any) -> None:
    assert load_clips(f"audio: {{duration: {text}}}").audio.duration == value
    assert load_clips(f"audio_duration: {text}").audio.duration == value
    assert load_clips("", _flag("audio.duration", text)).audio.duration == value
    assert (
        load_clips("audio: {duration: 5}", _flag("audio.duration", text, Layer.ENVIRONMENT)).audio.duration == value
    )


@pytest.mark.parametrize(("text", "value"), TAKEN)
def test_what_is_in_effect_is_taken_again(load_clips: Load, text: str, value: Any) -> None:
    config = load_clips(f"audio: {{duration: {text}}}")
    assert load_clips(effective(config)).audio.duration == value
    (option,) = (one for one in OPTIONS if one.key == "audio.duration")
    assert load_clips("", _flag("audio.duration", option.text(config))).audio.duration == value
    VALIDATOR.validate({"audio": {"duration": config.audio.duration}})


def test_a_distribution_is_replaced_as_a_whole(load_clips: Load) -> None:
    text = "audio: {duration: {lognormal: {median: 8, sigma: 0.6, max: 60}}}"
    other = _flag("audio.duration", "{empirical: lengths.csv}")
    assert load_clips(text, other).audio.duration == {"empirical": "lengths.csv"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "0 is too small; choose a number of seconds above 0"),
        ("-1", "-1 is too small; choose a number of seconds above 0"),
        ("1" + "0" * 400, " is not a finite number; choose a number of seconds above 0"),
        (".inf", ".inf is not a finite number; choose a number of seconds above 0"),
        ("true", "true is no length of clips; choose a number of seconds above 0, a range such as 3..20, "),
        ("[3, 20]", "a list is no length of clips; choose "),
        ("long", "long is a text; choose a number of seconds above 0, a range such as 3..20, "),
        ("20..3", "20..3 begins above its end; did you mean 3..20?"),
        ("0..3", "0..3 is no range of seconds from 0.1 to 1000000; choose one such as 3..20"),
        ("3..x", "3..x is no range of seconds from 0.1 to 1000000; choose one such as 3..20"),
        ("3..", "3.. is no range of seconds from 0.1 to 1000000; choose one such as 3..20"),
        ("3...20", "3...20 is a text; choose "),
        ("{}", "a mapping has nothing in it; choose "),
        ("{lognormal: 8}", "a mapping has no mapping as its lognormal; choose {lognormal: {median: 8, sigma: 0.6, "),
        ("{lognormal: {sigma: 1}}", "a mapping has no median in its lognormal; choose "),
        ("{lognormal: {median: 8}}", "a mapping has no sigma in its lognormal; choose "),
        ("{lognormal: {median: 8, sigma: 0}}", "a mapping has 0 as its sigma; choose 0.001 to 3"),
        ("{lognormal: {median: 8, sigma: x}}", "a mapping has no number as its sigma; choose one such as 10"),
        ("{lognormal: {median: 8, sigma: 1, max: 8}}", "has a max (8) that is not above its median (8); choose "),
        ("{lognormal: {median: 8, sigma: 1, shape: 1}}", "has an unknown key `shape` in its lognormal; choose "),
        ("{lognormal: {median: 8, sigam: 1}}", "has an unknown key `sigam` (did you mean `sigma`?) in its lognormal"),
        ("{lognormall: {}}", "has an unknown key `lognormall` (did you mean `lognormal`?); choose "),
        ("{empirical: 5}", "a mapping has no path as its empirical; choose {empirical: lengths.csv}"),
        ("{empirical: ''}", "a mapping has no path as its empirical; choose {empirical: lengths.csv}"),
        ("{empirical: a, lognormal: {}}", "a mapping has two forms at once; choose "),
    ],
)
def test_what_is_no_duration_is_told_what_would_be_one(faults: Faults, text: str, message: str) -> None:
    (fault,) = faults(f"total_requests: 50\naudio: {{duration: {text}}}")
    assert (fault.key, fault.line) == ("audio.duration", 2)
    assert message in fault.message
    (typed,) = faults("", _flag("audio.duration", text))
    assert typed.message.endswith(fault.message.removeprefix("a mapping ").removeprefix("a list ")[-60:])


def test_quotes_that_make_a_number_a_text_are_named(faults: Faults) -> None:
    (fault,) = faults('audio: {duration: "10"}')
    assert fault.message.endswith("or null, without quotes")


def test_a_mapping_that_is_not_closed_is_a_text(faults: Faults) -> None:
    (fault,) = faults("", _flag("audio.duration", "{lognormal: {median: 8}"))
    assert fault.message.startswith("{lognormal: {median: 8} is a text; choose ")


@given(st.floats(0.1, LONGEST_S), st.floats(0.1, LONGEST_S))
def test_a_range_keeps_its_ends(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = duration(f"{low!r}..{high!r}")
    assert isinstance(found, str)
    assert tuple(map(float, found.split(".."))) == (low, high)
    assert duration(found) == found


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers())
def test_of_numbers_those_are_taken_that_can_be_a_length(number: float) -> None:
    if isinstance(number, int | float) and _is_finite(number) and number > 0:
        assert duration(number) == float(number)
    else:
        with pytest.raises(ValueError, match=r"; choose a number of seconds"):
            duration(number)


@pytest.mark.parametrize(
    ("text", "value"),
    [("shift", "shift"), ("none", "none"), ("null", None), ("{snr_db: 10}", {"snr_db": 10.0})],
)
def test_ways_to_vary(load_clips: Load, text: str, value: Any) -> None:
    config = load_clips(f"audio: {{vary: {text}}}")
    assert config.audio.vary == value
    assert load_clips("", _flag("audio.vary", text)).audio.vary == value
    assert load_clips(effective(config)).audio.vary == value
    VALIDATOR.validate({"audio": {"vary": config.audio.vary}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "shfit",
            "shfit is no way to vary clips; did you mean `shift`? Else choose shift, none, {snr_db: 10}, or null",
        ),
        ("loud", "loud is no way to vary clips; choose shift, none, {snr_db: 10}, or null"),
        ("10", "10 is no way to vary clips; choose shift, none, {snr_db: 10}, or null"),
        (
            "{snr: 10}",
            "a mapping has an unknown key `snr` (did you mean `snr_db`?); choose shift, none, {snr_db: 10}",
        ),
        ("{snr_db: loud}", "a mapping has no number as its snr_db; choose one such as 10"),
        ("{snr_db: 100}", "a mapping has 100 as its snr_db; choose -20 to 80"),
        ("{}", "a mapping has nothing in it; choose shift"),
    ],
)
def test_what_is_no_way_to_vary(faults: Faults, text: str, message: str) -> None:
    (fault,) = faults(f"audio: {{vary: {text}}}")
    assert fault.key == "audio.vary"
    assert message in fault.message


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_whatever_stands_there_is_a_value_or_a_sentence(value: Any) -> None:
    for check in (duration, vary):
        try:
            assert check(check(value)) == check(value)
        except ValueError as error:
            assert "; choose" in str(error) or "did you mean" in str(error)  # noqa: PT017


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


@pytest.fixture
def load_clips(loaded: Load, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Load:
    """In a folder with a file of lengths."""
    monkeypatch.chdir(tmp_path)
    for name in ("lengths.csv", "a/lengths.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("duration\n3\n20\n", encoding="utf-8")
    return loaded


def _flag(key: str, text: str, layer: Layer = Layer.COMMAND_LINE) -> Override:
    return Override(key, text, f"--{key}", layer)
