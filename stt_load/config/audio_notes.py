"""What a person should be told about the clips of a configuration that is right: what they can't tell, and what may
not be taken as it is meant."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES, Source, frames_of
from stt_load.config.api import ApiConfig
from stt_load.config.model import Config
from stt_load.config.variables import has_model, references

USUAL_LIMIT = 25_000_000
"""Bytes of a file that OpenAI's API takes at most, and others who have taken it over."""
FORM_BYTES = 2_000
"""Of a form without its audio: more than it has with the usual fields."""
SHARE: Mapping[Source, float] = {"speech": 0.6, "noise": 0.85, "silence": 0.1}
"""Of the bytes of a WAV file FLAC takes about so many: the shipped speech 55%, noise 81%."""

_CODE = re.compile(r"([a-z]{2,3})(?:[-_].*)?")
_OTHER_NAMES = {"english": "en", "eng": "en", "korean": "ko", "kor": "ko"}
_FIELDS = ("language", "language_code", "lang", "locale")
"""What services call it whose protocol has no field of its own for the language."""
_NORMALISERS = {"english": "en", "korean": "ko"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a pack is like. name: as a person knows it. language: a code such as en; nothing where it says none.
    shortest_s: how long a clip has to be for one phrase."""

    name: str
    language: str
    shortest_s: float


def notes(config: Config, spoken: Spoken | None) -> Iterator[str]:
    """A sentence each. spoken: the pack of source speech; None with another source."""
    if spoken is None:
        yield from _nothing_said(config)
    else:
        yield from _too_short(config, spoken)
        yield from _other_language(config, spoken)
        yield from _other_normaliser(config, spoken)
    yield from _too_large(config)
    yield from _other_name(config)


def _nothing_said(config: Config) -> Iterator[str]:
    source = config.audio.source
    yield (
        f"audio.source is {source}: a recogniser takes less time for it than for speech, so response times and "
        f"throughput say little about speech, and answers can't be held against anything (`--audio-source speech`)"
    )
    if config.audio.pack is not None:
        yield f"audio.pack is not used: audio.source is {source}"
    if config.accuracy.save_transcripts:
        yield f"accuracy.save_transcripts has no effect: in {source} nothing is said"


def _too_short(config: Config, spoken: Spoken) -> Iterator[str]:
    duration_s, enough_s = config.audio.duration, math.ceil(spoken.shortest_s * 10) / 10
    if duration_s < spoken.shortest_s:
        yield (
            f"clips of {duration_s:g} s are too short for the phrases of {spoken.name}: in some of them, or in all, "
            f"nobody speaks, and answers can't be judged; with `--audio-duration {enough_s}` each has words"
        )


def _other_language(config: Config, spoken: Spoken) -> Iterator[str]:
    for name, asked in _asked(config.api):
        if _differ(asked, spoken.language):
            pack = "audio.pack" if config.audio.pack is None else "another audio.pack"
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


def _too_large(config: Config) -> Iterator[str]:
    audio = config.audio
    wav_bytes = HEADER_BYTES + SAMPLE_BYTES * frames_of(audio.duration, audio.sample_rate)
    clip_bytes = wav_bytes if audio.format == "wav" else int(wav_bytes * SHARE[audio.source])
    each = f"each clip has {'' if audio.format == 'wav' else 'about '}{clip_bytes / 1e6:,.1f} MB"
    if config.embeds:
        most = config.embedded.max_body_bytes
        if clip_bytes + FORM_BYTES > most:
            yield f"{each}, and the embedded server takes {most / 1e6:,.1f} MB: raise embedded.max_body_bytes"
    elif clip_bytes > USUAL_LIMIT:
        smaller = "audio.format flac, or " if audio.format == "wav" else ""
        yield (
            f"{each}, and many services refuse files above {USUAL_LIMIT / 1e6:.0f} MB (413): what helps is "
            f"{smaller}a shorter audio.duration"
        )


def _other_name(config: Config) -> Iterator[str]:
    """A service that goes by the name would decode the one as the other."""
    audio, api = config.audio, config.api
    other = "flac" if audio.format == "wav" else "wav"
    given = {"audio_filename": api.audio_filename, "audio_content_type": api.audio_content_type}
    for name, value in given.items():
        if value is not None and other in value.lower() and audio.format not in value.lower():
            yield f"api.{name} is {value}, and the audio is {audio.format}: choose null, which follows audio.format"
