"""What is said of clips at the start of a run."""

from __future__ import annotations

import pytest

from stt_load.config import Config
from stt_load.config.audio_notes import Spoken, notes

ENGLISH = Spoken("the shipped pack", "en", 0.9)
KOREAN = Spoken("ko/pack.jsonl", "ko", 0.9)
URL = "http://127.0.0.1:8000"


def told(spoken: Spoken | None, **keys: object) -> list[str]:
    return list(notes(Config.model_validate({"audio": {"source": "speech"}} | keys), spoken))


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
    _, pack, texts = told(None, audio={"source": "noise", "pack": "p"}, accuracy={"save_transcripts": True})
    assert pack == "audio.pack is not used: audio.source is noise"
    assert texts == "accuracy.save_transcripts has no effect: in noise nothing is said"


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
