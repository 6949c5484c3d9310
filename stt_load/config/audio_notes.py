"""What a person should be told about the clips of a configuration that is right: what they can't tell, and what may
not be taken as it is meant."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stt_load.audio.names import DEFAULT_DURATION_S, HEADER_BYTES, SAMPLE_BYTES, Source, frames_of
from stt_load.config.api import ApiConfig
from stt_load.config.audio import AudioConfig
from stt_load.config.model import Config
from stt_load.config.trace_rules import length_in
from stt_load.config.variables import has_model, references

USUAL_LIMIT = 25_000_000
"""Bytes of a file that OpenAI's API takes at most, and others who have taken it over."""
FORM_BYTES = 2_000
"""Of a form without its audio: more than it has with the usual fields."""
SHARE: Mapping[Source, float] = {"speech": 0.6, "files": 0.6, "noise": 0.85, "silence": 0.1}
"""Of the bytes of a WAV file FLAC takes about so many: the shipped speech 55%, noise 81%."""

LEFT_OUT_SHOWN = 3
"""Of what is wrong with recordings that are left out."""

_CODE = re.compile(r"([a-z]{2,3})(?:[-_].*)?")
_OTHER_NAMES = {"english": "en", "eng": "en", "korean": "ko", "kor": "ko"}
_FIELDS = ("language", "language_code", "lang", "locale")
"""What services call it whose protocol has no field of its own for the language."""
_NORMALISERS = {"english": "en", "korean": "ko"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What recordings are like. name: as a person knows them. language: a code such as en; nothing where nobody says.
    shortest_s: how long a clip has to be for one phrase; None where any length will do. longest_s: of a clip; None
    where the configuration says how long. recordings: how many there are. left_out: what is wrong with others, a
    sentence each; no_room: why some have no room in a clip. has_texts: whether it is known what is said."""

    name: str
    language: str
    shortest_s: float | None = None
    longest_s: float | None = None
    recordings: int = 0
    left_out: tuple[str, ...] = ()
    no_room: tuple[str, ...] = ()
    has_texts: bool = True


def notes(config: Config, spoken: Spoken | None) -> Iterator[str]:
    """A sentence each. spoken: the recordings of sources speech and files; None with another source."""
    if spoken is None:
        yield from _nothing_said(config)
    else:
        yield from _left_out(spoken)
        yield from _no_texts(config, spoken)
        yield from _unheard(config, spoken)
        yield from _too_short(config, spoken)
        yield from _other_language(config, spoken)
        yield from _other_normaliser(config, spoken)
        yield from _no_language(config, spoken)
    yield from _not_used(config.audio)
    yield from _not_used_with_a_trace(config)
    yield from _unvaried(config.audio)
    yield from _few_repeats(config)
    yield from _too_large(config, spoken)
    yield from _other_name(config)


def _nothing_said(config: Config) -> Iterator[str]:
    source = config.audio.source
    yield (
        f"audio.source is {source}: a recogniser takes less time for it than for speech, so response times and "
        f"throughput say little about speech, and answers can't be held against anything (`--audio-source speech`)"
    )
    if config.accuracy.save_transcripts and not config.accuracy.repeat_check:
        yield f"accuracy.save_transcripts has no effect: in {source} nothing is said"
    if config.accuracy.repeat_check:
        yield f"accuracy.repeat_check tells little: in {source} nothing is said, and what is heard in it is chance"
    if config.audio.vary not in (None, "none"):
        yield f"audio.vary has no effect: in {source} nothing is said, and each clip is another one anyway"


def _left_out(spoken: Spoken) -> Iterator[str]:
    """What is wrong with recordings, and which have no room."""
    all_of_them = spoken.recordings + len(spoken.left_out)
    for sentences, what in ((spoken.left_out, "left out"), (spoken.no_room, "too long for audio.duration")):
        if sentences:
            first = "; ".join(sentences[:LEFT_OUT_SHOWN])
            more = "" if len(sentences) <= LEFT_OUT_SHOWN else f"; and {len(sentences) - LEFT_OUT_SHOWN} more"
            yield f"of {spoken.name} {len(sentences)} of {all_of_them} recordings are {what}: {first}{more}"


def _no_texts(config: Config, spoken: Spoken) -> Iterator[str]:
    if spoken.has_texts:
        return
    checked = config.accuracy.repeat_check > 0
    helps = "" if checked else "; `accuracy: {repeat_check: 20}` tells whether load changes them"
    yield f"the recordings of {spoken.name} have no texts, so it can't be judged whether answers are right{helps}"
    if config.accuracy.save_transcripts and not checked:
        yield f"accuracy.save_transcripts has no effect: it isn't known what the recordings of {spoken.name} say"


def _unheard(config: Config, spoken: Spoken) -> Iterator[str]:
    heard = config.embedded.hears and config.embedded.pack is not None
    if config.audio.source == "files" and spoken.has_texts and config.embeds and not heard:
        yield (
            "the embedded server knows the recordings of its own pack, and answers others with words that it makes "
            "up: how many are right says nothing there (embedded.pack names a manifest of yours for it)"
        )


def _not_used(audio: AudioConfig) -> Iterator[str]:
    for key, value, source in (("pack", audio.pack, "speech"), ("files", audio.files, "files")):
        if value is not None and audio.source != source:
            yield f"audio.{key} is not used: audio.source is {audio.source}"


def _not_used_with_a_trace(config: Config) -> Iterator[str]:
    """The default stands in many files."""
    if config.load.trace is not None and config.audio.duration not in (None, DEFAULT_DURATION_S):
        yield "audio.duration is not used: load.trace says how long clips are"


def _unvaried(audio: AudioConfig) -> Iterator[str]:
    if audio.source == "files" and audio.vary == "none":
        yield (
            "audio.vary is none: where a recording is sent again, in this run or in a later one, a cache may answer "
            "for the service, and response times may be too good"
        )


def _few_repeats(config: Config) -> Iterator[str]:
    total, asked = config.total_requests, config.accuracy.repeat_check
    measured = None if total is None else total - config.warmup_requests
    if measured is not None and asked > measured:
        yield f"accuracy.repeat_check is {asked}, and {measured} requests are measured: only those can be sent again"


def _too_short(config: Config, spoken: Spoken) -> Iterator[str]:
    if spoken.shortest_s is None:
        return
    length, enough_s = length_in(config), math.ceil(spoken.shortest_s * 10) / 10
    if length.shortest_s < spoken.shortest_s:
        alike = length.shortest_s == length.longest_s and config.load.trace is None
        advice = (
            f"with `--audio-duration {enough_s}` each has words" if alike else f"from {enough_s} s on each has words"
        )
        yield (
            f"clips of {length.shortest_s:.3g} s are too short for the phrases of {spoken.name}: in some of them, or "
            f"in all, nobody speaks, and answers can't be judged; {advice}"
        )


def _other_language(config: Config, spoken: Spoken) -> Iterator[str]:
    for name, asked in _asked(config.api):
        if _differ(asked, spoken.language):
            pack = "audio.pack" if config.audio.pack is None else "another audio.pack"
            pack = "other audio.files" if config.audio.source == "files" else pack
            yield (
                f"{name} is {asked}, and the clips are {spoken.language} ({spoken.name}): what is heard will be "
                f"wrong; choose {spoken.language}, or {pack} with recordings in {asked}"
            )


def _asked(api: ApiConfig) -> Iterator[tuple[str, str]]:
    """(key, language) of everything that tells the service which one it is to hear."""
    if api.call is not None:
        return
    if api.language is not None:
        yield "api.language", api.language
    for section in ("extra_fields", "query"):
        for name, value in getattr(api, section).items():
            if name in _FIELDS and isinstance(value, str) and not references(value) and not has_model(value):
                yield f"api.{section}.{name}", value


def _differ(one: str, other: str) -> bool:
    """Whether they are certainly two languages: `auto` and `multi` are none, and of `deu` and `de` it isn't known."""
    codes = {_code(one), _code(other)}
    return len(codes) == 2 and None not in codes and (len({len(code or "") for code in codes}) == 1)


def _code(language: str) -> str | None:
    name = language.strip().lower()
    found = _CODE.fullmatch(name)
    code = name if found is None else found[1]
    return _OTHER_NAMES.get(code, code if found else None)


def _other_normaliser(config: Config, spoken: Spoken) -> Iterator[str]:
    name = config.accuracy.normalise
    if name in _NORMALISERS and _differ(_NORMALISERS[name], spoken.language):
        yield (
            f"accuracy.normalise is {name}, and the clips are {spoken.language} ({spoken.name}): texts may count as "
            "unlike that are alike; choose auto"
        )


def _no_language(config: Config, spoken: Spoken) -> Iterator[str]:
    """A folder has nowhere to say it."""
    if spoken.recordings and spoken.has_texts and not spoken.language and config.accuracy.normalise == "auto":
        yield (
            f"nobody says in which language the recordings of {spoken.name} are: texts are compared as they stand, "
            "and capitals and punctuation count: choose `accuracy: {normalise: english}`, or korean, or none"
        )


def _too_large(config: Config, spoken: Spoken | None) -> Iterator[str]:
    """Each clip, or the longest one."""
    audio = config.audio
    longest_s, alike = None if spoken is None else spoken.longest_s, False
    if longest_s is None:
        length = length_in(config)
        longest_s, alike = length.longest_s, length.shortest_s == length.longest_s
    wav_bytes = HEADER_BYTES + SAMPLE_BYTES * frames_of(longest_s, audio.sample_rate)
    clip_bytes = wav_bytes if audio.format == "wav" else int(wav_bytes * SHARE[audio.source])
    about = "" if audio.format == "wav" else "about "
    each = f"{'each clip has' if alike else 'the longest clip has'} {about}{clip_bytes / 1e6:,.1f} MB"
    if config.embeds:
        most = config.embedded.max_body_bytes
        if clip_bytes + FORM_BYTES > most:
            yield f"{each}, and the embedded server takes {most / 1e6:,.1f} MB: raise embedded.max_body_bytes"
    elif clip_bytes > USUAL_LIMIT:
        smaller = "audio.format flac, or " if audio.format == "wav" else ""
        yield (
            f"{each}, and many services refuse files above {USUAL_LIMIT / 1e6:.0f} MB (413): what helps is "
            f"{smaller}{'a shorter audio.duration' if config.load.trace is None else 'a trace of shorter ones'}"
        )


def _other_name(config: Config) -> Iterator[str]:
    """A service that goes by the name would decode the one as the other."""
    audio, api = config.audio, config.api
    other = "flac" if audio.format == "wav" else "wav"
    given = {"audio_filename": api.audio_filename, "audio_content_type": api.audio_content_type}
    for name, value in given.items():
        if value is not None and other in value.lower() and audio.format not in value.lower():
            yield f"api.{name} is {value}, and the audio is {audio.format}: choose null, which follows audio.format"
