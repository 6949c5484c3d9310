"""The table of all keys."""

from __future__ import annotations

import pytest

from stt_load.config.keys import OTHER_WORDS, key, keys, listed, suggestion


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("seed", "integer", "a whole number from 0 to 9007199254740991, or null"),
        (
            "audio.duration",
            "number",
            "a number above 0, or null, or a range such as 3..20, or {lognormal: {median: 8, "
            "sigma: 0.6, max: 60}}, or {empirical: FILE}",
        ),
        ("audio.source", "string", "speech, noise, silence or files"),
        ("report.language", "string", "en or ko"),
        ("api.verify", "boolean", "true or false"),
        ("api.capture_headers", "list", "a list of texts, such as [one, two]"),
        ("api.headers", "fields", "a mapping with lines of the form `name: value`"),
        ("api.keep_alive", "boolean", "true or false, or a mapping such as {max_requests: N}"),
        (
            "audio",
            "section",
            "lines of the form `key: value` below it, with source, duration, sample_rate, format, pack, files, "
            "vary, skip_broken or cache_mb",
        ),
    ],
)
def test_what_would_be_right_follows_from_the_model(name: str, kind: str, expected: str) -> None:
    assert (key(name).kind, key(name).expected) == (kind, expected)


def test_there_is_no_other_key() -> None:
    with pytest.raises(KeyError):
        key("nothing")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        (("api", "endpint"), "`endpoint`"),
        (("duration",), "`duration` inside `audio`"),
        (("audio_duratoin",), "`audio_duration`"),
        (("sample_rat",), "`sample_rate`"),
        (("audio", "audio_duration"), "`duration`"),
        (("api", "seed"), "`seed` at the top level"),
        (("zzzzzz",), None),
        (("warmup",), "`warmup_requests`"),
        (("users",), "`concurrent_requests`"),
        (("concurrency",), "`concurrent_requests`"),
        (("url",), "`base_url` inside `api`"),
        (("host",), "`base_url` inside `api`"),
        (("endpoint",), "`endpoint` inside `api`"),
        (("audio_length",), "`duration` inside `audio`"),
        (("num_requests",), "`total_requests`"),
        (("requests",), "`total_requests`"),
        (("api_key",), "`api_key_env` inside `api`"),
        (("timeout",), "`timeout` inside `api`"),
        (("sample_rate_hz",), "`sample_rate` inside `audio`"),
        (("audio", "manifest"), "`files`"),
        (("audio", "snr_db"), "`vary`"),
        (("accuracy", "normalize"), "`normalise`"),
        (("normalization",), "`normalise` inside `accuracy`"),
        (("save_transcripts",), "`save_transcripts` inside `accuracy`"),
        (("api", "URL"), "`base_url`"),
        (("rps",), "`rate` inside `load`"),
        (("load", "profile"), "`stages`"),
        (("thresholds",), "`slo`"),
        (("load", "slo"), "`slo` at the top level"),
        (("api", "slots"), "`max_in_flight` inside `load`"),
        (("embedded", "slot"), "`slots`"),
        (("api", "num-requests"), "`total_requests` at the top level"),
        (("embedded", "api_key"), "`api_key_env`"),
    ],
)
def test_an_unknown_key_was_meant_to_be_one_of_these(path: tuple[str, ...], meant: str | None) -> None:
    assert suggestion(path) == meant


def test_every_other_word_is_told_the_name_of_a_key_and_is_none_itself() -> None:
    words = [word for others in OTHER_WORDS.values() for word in others.split()]
    assert len(set(words)) == len(words)
    assert set(OTHER_WORDS) <= {".".join(path) for path in keys()}
    assert not set(words) & {path[0] for path in keys()}


def test_a_list_in_words() -> None:
    assert listed(("a",)) == "a"
    assert listed(("a", "b", "c")) == "a, b or c"
