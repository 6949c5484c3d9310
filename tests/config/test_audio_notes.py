"""What is said of clips at the start of a run."""

from __future__ import annotations

import pytest

from stt_load.config import Config
from stt_load.config.audio_notes import Spoken, notes

ENGLISH = Spoken("the shipped pack", "en", 0.9)
KOREAN = Spoken("ko/pack.jsonl", "ko", 0.9)
FILES: dict[str, object] = {"source": "files", "files": "calls"}
ELSEWHERE: dict[str, object] = {"base_url": "http://127.0.0.1:8000"}
URL = "http://127.0.0.1:8000"


def told(spoken: Spoken | None, **keys: object) -> list[str]:
    """Of a run against a service, where recordings are files: the embedded server has a note of its own on them."""
    if keys.get("audio", {}).get("source") == "files":  # type: ignore[attr-defined]
        keys.setdefault("api", ELSEWHERE)
    return list(notes(Config.model_validate({"audio": {"source": "speech"}} | keys), spoken))


def test_the_embedded_server_does_not_know_recordings_of_the_users_own() -> None:
    (note,) = told(Spoken("calls", "en"), audio=FILES, api={"base_url": "embedded"})
    assert note.startswith("the embedded server knows the recordings of its own pack, and answers others with words")
    assert told(Spoken("calls", "en"), audio=FILES, embedded={"pack": "calls.jsonl"}, api={}) == []
    texts_unknown = told(Spoken("calls", "en", has_texts=False), audio=FILES, api={}, accuracy={"repeat_check": 5})
    assert not any("embedded" in one for one in texts_unknown)


def test_of_usual_clips_there_is_nothing_to_say() -> None:
    assert told(ENGLISH) == []
    assert told(ENGLISH, api={"base_url": URL, "language": "en"}) == []
    assert told(KOREAN, api={"base_url": URL, "language": "ko"}, audio={"source": "speech", "pack": "p"}) == []


@pytest.mark.parametrize("source", ["noise", "silence"])
def test_of_what_says_nothing_it_is_said_what_it_can_not_tell(source: str) -> None:
    (note,) = told(None, audio={"source": source})
    assert note.startswith(f"audio.source is {source}: a recogniser takes less time for it than for speech")
    assert "answers can't be held against anything" in note


def test_what_has_no_effect_without_speech_is_named() -> None:
    audio = {"source": "noise", "pack": "p", "files": "f", "vary": "shift"}
    _, repeats, vary, pack, files = told(None, audio=audio, accuracy={"save_transcripts": True, "repeat_check": 20})
    assert repeats.startswith("accuracy.repeat_check tells little: in noise nothing is said")
    assert vary.startswith("audio.vary has no effect: in noise nothing is said")
    assert pack == "audio.pack is not used: audio.source is noise"
    assert files == "audio.files is not used: audio.source is noise"
    _, texts = told(None, audio={"source": "noise"}, accuracy={"save_transcripts": True})
    assert texts == "accuracy.save_transcripts has no effect: in noise nothing is said"


def test_recordings_without_texts_are_told_what_can_be_told_of_them() -> None:
    assert told(Spoken("calls", ""), audio=FILES) == []
    (note,) = told(Spoken("calls", "", has_texts=False), audio=FILES)
    assert note == (
        "the recordings of calls have no texts, so it can't be judged whether answers are right; "
        "`accuracy: {repeat_check: 20}` tells whether load changes them"
    )
    checked = {"repeat_check": 20, "save_transcripts": True}
    (note,) = told(Spoken("calls", "", has_texts=False), audio=FILES, accuracy=checked)
    assert note == "the recordings of calls have no texts, so it can't be judged whether answers are right"
    _, texts = told(Spoken("calls", "", has_texts=False), audio=FILES, accuracy={"save_transcripts": True})
    assert texts == "accuracy.save_transcripts has no effect: it isn't known what the recordings of calls say"


@pytest.mark.parametrize(
    ("left_out", "end"),
    [
        (("a.wav is silent",), "1 of 11 recordings are left out: a.wav is silent"),
        (("a", "b", "c"), "3 of 13 recordings are left out: a; b; c"),
        (("a", "b", "c", "d", "e"), "5 of 15 recordings are left out: a; b; c; and 2 more"),
    ],
)
def test_what_is_left_out_is_counted_and_the_first_of_it_named(left_out: tuple[str, ...], end: str) -> None:
    assert told(Spoken("calls", "en", recordings=10, left_out=left_out), audio=FILES) == [f"of calls {end}"]


def test_what_has_no_room_is_counted_too() -> None:
    broken, long = told(Spoken("calls", "en", recordings=10, left_out=("a",), no_room=("b", "c")), audio=FILES)
    assert broken == "of calls 1 of 11 recordings are left out: a"
    assert long == "of calls 2 of 11 recordings are too long for audio.duration: b; c"


def test_texts_whose_language_nobody_says_are_compared_as_they_stand() -> None:
    calls = Spoken("calls", "", recordings=10)
    (note,) = told(calls, audio=FILES)
    assert note.startswith("nobody says in which language the recordings of calls are: texts are compared as they")
    for chosen in ("english", "korean", "none"):
        assert told(calls, audio=FILES, accuracy={"normalise": chosen}) == []
    assert told(Spoken("calls", "en", recordings=10), audio=FILES) == []


def test_recordings_as_they_are_may_be_answered_by_a_cache() -> None:
    (note,) = told(Spoken("calls", ""), audio=FILES | {"vary": "none"})
    assert note.startswith(
        "audio.vary is none: where a recording is sent again, in this run or in a later one, a cache"
    )
    assert told(ENGLISH, audio={"source": "speech", "vary": "none"}) == []
    for vary in ("shift", {"snr_db": 10.0}):
        assert told(Spoken("calls", ""), audio=FILES | {"vary": vary}) == []
        assert told(ENGLISH, audio={"source": "speech", "vary": vary}) == []


def test_a_check_by_more_repetitions_than_there_are_requests_is_pointed_out() -> None:
    few = {"total_requests": 25, "warmup_requests": 10}
    assert told(ENGLISH, accuracy={"repeat_check": 15}, **few) == []
    (note,) = told(ENGLISH, accuracy={"repeat_check": 16}, **few)
    assert note == "accuracy.repeat_check is 16, and 15 requests are measured: only those can be sent again"
    assert told(ENGLISH, accuracy={"repeat_check": 1_000}, total_requests=None) == []


def test_another_language_than_that_of_recordings_is_pointed_out() -> None:
    (note,) = told(Spoken("calls", "ko"), audio=FILES, api=ELSEWHERE | {"language": "en"})
    assert note.endswith("choose ko, or other audio.files with recordings in en")


@pytest.mark.parametrize(
    "language", ["en", "EN", "en-US", "en_GB", "eng", "english", "auto", "multi", "", "deu-AT-1996"]
)
def test_another_name_of_the_language_is_no_other_one(language: str) -> None:
    """Of a code of three letters that is not known nothing can be said where the pack has one of two."""
    assert told(ENGLISH, api={"query": {"language": language}}) == []


@pytest.mark.parametrize(
    ("api", "key", "language"),
    [
        ({"language": "ko"}, "api.language", "ko"),
        ({"language": "korean"}, "api.language", "korean"),
        ({"language": "pt-BR"}, "api.language", "pt-BR"),
        ({"protocol": "raw", "query": {"language": "kor"}}, "api.query.language", "kor"),
        ({"protocol": "multipart", "extra_fields": {"language_code": "de"}}, "api.extra_fields.language_code", "de"),
    ],
)
def test_another_language_than_the_packs_is_pointed_out_with_what_to_do(
    api: dict[str, object], key: str, language: str
) -> None:
    assert told(ENGLISH, api=api) == [
        f"{key} is {language}, and the clips are en (the shipped pack): what is heard will be wrong; choose en, or "
        f"audio.pack with recordings in {language}"
    ]


def test_of_a_pack_of_ones_own_it_is_the_same() -> None:
    (note,) = told(KOREAN, api={"language": "en"}, audio={"source": "speech", "pack": "ko/pack.jsonl"})
    assert note.endswith("choose ko, or another audio.pack with recordings in en")
    assert told(Spoken("p", "", 1.0), api={"language": "en"}) == []


@pytest.mark.parametrize("value", [["ko"], 5, "${LANG}", "{model}"])
def test_what_is_no_language_is_passed_over(value: object) -> None:
    assert told(ENGLISH, api={"protocol": "multipart", "extra_fields": {"language": value}}) == []


def test_a_function_of_the_users_own_is_told_no_language() -> None:
    assert told(ENGLISH, api={"call": "mine.py:transcribe", "language": "ko"}) == []


def test_clips_that_have_room_for_no_phrase_are_pointed_out() -> None:
    (note,) = told(ENGLISH, audio={"source": "speech", "duration": 0.5})
    assert note.startswith("clips of 0.5 s are too short for the phrases of the shipped pack: in some of them, or")
    assert "`--audio-duration 0.9`" in note
    assert told(ENGLISH, audio={"source": "speech", "duration": 0.9}) == []
    (some,) = told(ENGLISH, audio={"source": "speech", "duration": "0.5..5"})
    assert some.startswith("clips of 0.5 s are too short")
    assert some.endswith("from 0.9 s on each has words")
    assert told(ENGLISH, audio={"source": "speech", "duration": "0.9..5"}) == []


def test_a_normaliser_of_another_language_is_pointed_out() -> None:
    (note,) = told(KOREAN, accuracy={"normalise": "english"})
    assert note.startswith("accuracy.normalise is english, and the clips are ko")
    assert told(KOREAN, accuracy={"normalise": "korean"}) == []
    assert told(ENGLISH, accuracy={"normalise": "none"}) == []


LARGE = [
    # format, seconds, what is said; 25 MB are 781.2 s of WAV, and 1,302 s of FLAC by estimate
    ("wav", 781.0, None),
    ("wav", 782.0, "each clip has 25.0 MB, and many services refuse files above 25 MB (413): what help"),
    ("wav", 3600.0, "each clip has 115.2 MB, "),
    ("flac", 1300.0, None),
    ("flac", 3600.0, "each clip has about 69.1 MB, and many services refuse files above 25 MB (413): what help"),
]  # fmt: skip


@pytest.mark.parametrize(("coding", "seconds", "said"), LARGE)
def test_files_above_the_usual_limit_are_pointed_out(coding: str, seconds: float, said: str | None) -> None:
    audio = {"source": "speech", "format": coding, "duration": seconds}
    found = told(ENGLISH, api={"base_url": URL}, audio=audio)
    assert [note[: len(said or "")] for note in found] == ([] if said is None else [said])


def test_of_many_lengths_the_longest_counts() -> None:
    for duration in ("3..782", {"lognormal": {"median": 8.0, "sigma": 0.6, "max": 782.0}}):
        (note,) = told(None, api={"base_url": URL}, audio={"source": "noise", "duration": duration})[1:]
        assert note.startswith("the longest clip has 25.0 MB, and many services refuse")
    (note,) = told(Spoken("calls", "", longest_s=782.0), api={"base_url": URL}, audio=FILES)
    assert note.startswith("the longest clip has 25.0 MB, and many services refuse")


def test_the_embedded_servers_own_limit_is_pointed_out() -> None:
    audio = {"source": "speech", "duration": 900.0}
    (note,) = told(ENGLISH, audio=audio)
    assert note == "each clip has 28.8 MB, and the embedded server takes 26.2 MB: raise embedded.max_body_bytes"
    assert told(ENGLISH, audio=audio, embedded={"max_body_bytes": 30_000_000}) == []


def test_a_name_of_the_other_format_is_pointed_out() -> None:
    given = {"audio_filename": "a.wav", "audio_content_type": "audio/x-wav"}
    found = told(ENGLISH, api=given, audio={"source": "speech", "format": "flac"})
    assert [note.partition(":")[0] for note in found] == [
        "api.audio_filename is a.wav, and the audio is flac",
        "api.audio_content_type is audio/x-wav, and the audio is flac",
    ]
    assert told(ENGLISH, api=given) == []
    assert told(ENGLISH, api={"audio_filename": "clip", "audio_content_type": "application/octet-stream"}) == []
