"""A pack of recordings that the user has: which utterances it gets, and what is said of those it doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from stt_load.audio.corpus import Corpus, corpus_of
from stt_load.audio.entries import RecordingsError, shown
from stt_load.audio.patience import Patience
from stt_load.packing.recording import PackingError, Spoken
from stt_load.packing.recordings import Unused, utterances
from stt_load.packing.writing import write_manifest

ENDING: Final = ".jsonl"


class Wanted(NamedTuple):
    """All that can be used of `files`."""

    files: str
    skip_broken: bool = True


class Packing:
    """Of a folder or a manifest; writes to `output`. language: of the pack, None for that of the recordings.

    utterances, duration_s: how many have been written, and how long they are together. unused: a sentence on each
    recording, or part of one, that is not among them.

    Raises PackingError where there is nothing to be written, or no place for it.
    """

    def __init__(self, recordings: Path, output: Path, language: str | None) -> None:
        _check(recordings, output)
        self._corpus = _corpus(recordings)
        _spare(self._corpus, output)
        self._output, self._language = output, _language(language, self._corpus.language)
        self.unused = list(self._corpus.left_out)
        self.voices: set[str] = set()
        self.utterances, self.duration_s = 0, 0.0

    def run(self) -> None:
        """Writes the pack."""
        from stt_load.audio.soundfiles import SoundFileError, why

        try:
            write_manifest(self._used(), self._output, self._language)
        except SoundFileError as error:
            raise PackingError(
                f"a recording can't be read any more, or an utterance not be written: {why(error)}"
            ) from None
        if not self.utterances:
            self._output.unlink()
            with suppress(OSError):
                self._output.with_suffix("").rmdir()
            raise PackingError("\n".join(["no recording is left", *shown(self.unused)]))

    @property
    def recordings(self) -> int:
        """How many could be read."""
        return len(self._corpus.recordings)

    def _used(self) -> Iterator[Spoken]:
        seen: set[tuple[str, str]] = set()
        for name, one in self._found():
            if isinstance(one, Unused):
                self.unused.append(f"{one.name}: {one.why}")
            elif (one.voice, one.text) in seen:
                self.unused.append(f"{name}: {one.voice} says the same elsewhere: {one.text}")
            else:
                seen.add((one.voice, one.text))
                self.voices.add(one.voice)
                self.utterances += 1
                self.duration_s += one.duration_s
                yield one

    def _found(self) -> Iterator[tuple[str, Spoken | Unused]]:
        """With the names of the recordings."""
        corpus = self._corpus
        with Patience("recordings cut") as told:
            for done, recording in enumerate(corpus.recordings):
                told(done, len(corpus.recordings))
                for one in utterances(recording, corpus.voices[recording.voice]):
                    yield recording.name, one


def _check(recordings: Path, output: Path) -> None:
    if output.suffix != ENDING:
        raise PackingError(f"-o {output}: the file of a pack ends in {ENDING}, such as my-pack{ENDING}")
    read, written = recordings.resolve(), output.resolve()
    if read == written:
        raise PackingError(f"-o {output}: that is the manifest that is read")
    if read in written.parents:
        raise PackingError(f"-o {output}: it would be in the folder that is read, and be read the next time")


def _spare(corpus: Corpus, output: Path) -> None:
    """Nothing that is read is written over."""
    folder = output.with_suffix("").resolve()
    for one in corpus.recordings:
        if folder in one.file.resolve().parents:
            raise PackingError(f"-o {output}: utterances would be written into {folder}, where {one.name} is")


def _corpus(recordings: Path) -> Corpus:
    try:
        corpus = corpus_of(Wanted(str(recordings)))
    except RecordingsError as error:
        raise PackingError(str(error)) from None
    if not corpus.has_texts:
        raise PackingError(
            f"{recordings}: a pack is of recordings with texts: a .txt beside each file, or text in each line"
        )
    return corpus


def _language(given: str | None, told: str | None) -> str | None:
    if given and told and given != told:
        raise PackingError(f"--language {given}: the recordings are in {told!r}")
    return given or told
