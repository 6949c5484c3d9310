"""`stt-load pack`: a pack of speech from recordings, or from a text file and a synthesiser."""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from stt_load.audio.entries import shown
from stt_load.packing.choosing import chosen, is_short
from stt_load.packing.from_recordings import Packing
from stt_load.packing.recording import PackingError, Spoken
from stt_load.packing.synthesiser import Synthesiser
from stt_load.packing.texts import texts_of
from stt_load.packing.writing import write_files, write_joined

DESCRIPTION = (
    "Makes a pack for audio.pack or audio.files: a manifest, and a file of each utterance, cut to its speech and set "
    "to one level. RECORDINGS -o PACK.jsonl: from recordings with their texts, cut at pauses where it is known when "
    "each word is spoken. TEXTS FOLDER --voice NAME=COMMAND: a synthesiser speaks each line of a text file, in one "
    "voice or more. docs/speech.md shows both. Exit code 0: it is written; 2: it could not be."
)
FAILED = 2
VOICE = re.compile(r"([\w-]+)=(.+)")
ENGLISH = "en"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What it is made of, and where it is written; voices; what is left out; the form on disk."""
    parser.add_argument(
        "given",
        type=Path,
        metavar="RECORDINGS|TEXTS",
        help="recordings: a folder with a .txt beside each file, or a manifest in JSON lines, as for audio.files. Or "
        "a text file, one sentence a line; # begins a comment",
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="where what is spoken is written")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PACK.jsonl",
        help="the manifest of a pack of recordings; their utterances go into the folder of the same name beside it",
    )
    parser.add_argument(
        "--voice",
        action="append",
        metavar="NAME=COMMAND",
        help="a voice, and the command that speaks {text} into the file {wav}; more than once for more voices",
    )
    parser.add_argument("--language", metavar="TAG", help="of the texts, such as en or ko")
    parser.add_argument(
        "--hear",
        type=int,
        default=0,
        metavar="TIMES",
        help="have Whisper tiny.en hear each recording so often, and leave out what it mishears (English; needs "
        "stt-load[real])",
    )
    parser.add_argument("--sentences", type=int, metavar="N", help="at most so many of each voice (default: all)")
    parser.add_argument("--phrases", type=int, metavar="N", help="the same of what lasts up to 1.2 s")
    parser.add_argument(
        "--joined", metavar="NAME", help="write speech.ogg and pack.jsonl, the form in which stt-load ships its own"
    )


def run(args: argparse.Namespace) -> int:
    """The exit code, as in `DESCRIPTION`."""
    try:
        _run(args)
    except (PackingError, OSError) as error:
        print(f"stt-load pack: {error}", file=sys.stderr)
        return FAILED
    return 0


def _run(args: argparse.Namespace) -> None:
    if args.output is not None:
        _cut(args)
    elif args.folder is None or not args.voice:
        raise PackingError("recordings need -o PACK.jsonl, and a text file needs FOLDER and --voice NAME=COMMAND")
    else:
        _speak(args)


def _cut(args: argparse.Namespace) -> None:
    given = {f"--{name}": getattr(args, name) for name in ("voice", "hear", "sentences", "phrases", "joined")}
    if args.folder is not None or any(given.values()):
        what = next((name for name, value in given.items() if value), "a folder")
        raise PackingError(f"-o makes a pack of recordings: {what} is for a text file that is to be spoken")
    packing = Packing(args.given, args.output, args.language)
    packing.run()
    print(
        f"{packing.utterances} utterances of {packing.recordings} recordings, {len(packing.voices)} "
        f"{'speaker' if len(packing.voices) == 1 else 'speakers'}, {packing.duration_s / 60:.1f} min"
    )
    if packing.unused:
        print(f"not used: {len(packing.unused)}", *shown(packing.unused), sep="\n  ")
    print(f"written to {args.output}")


def _speak(args: argparse.Namespace) -> None:
    voices = _voices(args.voice)
    texts = texts_of(args.given)
    if args.hear and args.language != ENGLISH:
        raise PackingError("--hear needs --language en: Whisper tiny.en understands nothing else")
    spoken = _spoken(voices, texts)
    good = _heard(spoken, args.hear) if args.hear else spoken
    kept = chosen(good, args.sentences, args.phrases)
    if not kept:
        raise PackingError("no recording is left")
    if args.joined:
        path = write_joined(kept, args.folder, args.language, args.joined)
    else:
        path = write_files(kept, args.folder, args.language)
    _summarise(spoken, good, kept)
    print(f"written to {path}")


def _voices(given: Sequence[str]) -> list[Synthesiser]:
    voices: dict[str, Synthesiser] = {}
    for one in given:
        matched = VOICE.fullmatch(one)
        if not matched:
            raise PackingError(f"--voice wants NAME=COMMAND, with letters, digits, - or _ in the name: {one}")
        if matched[1] in voices:
            raise PackingError(f"voice {matched[1]} is given twice")
        voices[matched[1]] = Synthesiser(matched[1], matched[2])
    return list(voices.values())


def _spoken(voices: Sequence[Synthesiser], texts: Sequence[str]) -> list[Spoken]:
    spoken = []
    for voice in voices:
        for count, text in enumerate(texts, 1):
            _show(f"{voice.voice} speaks {count} of {len(texts)}")
            spoken.append(voice.speak(text))
    _show("")
    return spoken


def _heard(spoken: Sequence[Spoken], times: int) -> list[Spoken]:
    from stt_load.accuracy.normalise import normaliser
    from stt_load.packing.hearing import misheard
    from stt_load.packing.recogniser import Whisper

    whisper, english = Whisper(), normaliser("english")
    good: list[Spoken] = []
    for voice in dict.fromkeys(one.voice for one in spoken):
        its = [one for one in spoken if one.voice == voice]
        wrong = misheard(its, whisper, english, times, functools.partial(_show_clips, voice))
        good += [one for at, one in enumerate(its) if at not in wrong]
    _show("")
    return good


def _show_clips(voice: str, done: int, of: int) -> None:
    _show(f"{voice}: heard {done} of {of} clips")


def _show(line: str) -> None:
    """How far it is, on a terminal; the next such line takes its place."""
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def _summarise(spoken: Sequence[Spoken], good: Sequence[Spoken], kept: Sequence[Spoken]) -> None:
    for voice in dict.fromkeys(one.voice for one in spoken):
        said, right, its = ([one for one in some if one.voice == voice] for some in (spoken, good, kept))
        print(
            f"{voice}: {len(its)} recordings kept of {len(said)}, {sum(map(is_short, its))} of them phrases, "
            f"{sum(one.duration_s for one in its) / 60:.1f} min; {len(said) - len(right)} misheard"
        )
    print(f"{len({one.text for one in kept})} texts in all")
