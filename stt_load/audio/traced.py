"""The recordings of a trace: those that it names, or what is joined to the lengths that it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stt_load.audio.arrangement import Arranged, Arrangement, Joined
from stt_load.audio.corpus import Corpus, CorpusError
from stt_load.audio.entries import shown
from stt_load.audio.lengths import Lengths
from stt_load.audio.trace import Recorded, TracedLength, place_of


class Named(Arrangement):
    """The recordings that a trace names, as they are, in its order. Raises `CorpusError` where one is none of the
    corpus, with all such."""

    def __init__(self, corpus: Corpus, rate_hz: int, seed: int, trace: Recorded, warmup: int, folder: Path) -> None:
        super().__init__(corpus.recordings, rate_hz, seed)
        self._warmup = warmup
        places = _Places(corpus, (Path(trace.path).parent, folder))
        faults = []
        for line, name in zip(trace.lines, trace.files, strict=True):
            if (fault := places.fault(name)) is not None:
                faults.append(f"{trace.path}, line {line}: {fault}")
        if faults:
            raise CorpusError("\n".join(shown(faults)))
        self._order = [places.of(name)[0] for name in trace.files]

    def of(self, seq: int) -> Arranged:
        return Arranged((self._at(seq),), (0, 0))

    def frames(self, seq: int) -> int:
        return self.lengths[self._at(seq)]

    def _at(self, seq: int) -> int:
        return self._order[place_of(seq, self._warmup, len(self._order))]


class _Places:
    """Which recordings of a corpus are meant by a name, which begins in one of the folders. Each name is looked up
    once."""

    def __init__(self, corpus: Corpus, folders: tuple[Path, ...]) -> None:
        self._corpus, self._folders = corpus, folders
        self._known: dict[Path, list[int]] = {}
        for number, one in enumerate(corpus.recordings):
            self._known.setdefault(one.file.resolve(), []).append(number)
        self._found: dict[str, list[int]] = {}

    def of(self, name: str) -> list[int]:
        if name not in self._found:
            self._found[name] = next(self._candidates(name), [])
        return self._found[name]

    def fault(self, name: str) -> str | None:
        """Why nobody can say which one it is."""
        match len(self.of(name)):
            case 0:
                return f"{name} is no recording of {self._corpus.name}, which audio.files names"
            case 1:
                return None
            case several:
                return f"{name} is the file of {several} recordings of {self._corpus.name}; name one that has its own"

    def _candidates(self, name: str) -> Iterator[list[int]]:
        for folder in self._folders:
            if (found := self._known.get((folder / name).resolve())) is not None:
                yield found


def arrangement_along(
    trace: Recorded, warmup: int, corpus: Corpus, files: str, rate_hz: int, seed: int
) -> Arrangement:
    """What each clip of `trace` holds: the recording that it names, or several, joined to its length.

    files: the folder or manifest that `corpus` was read from. Raises `CorpusError`.
    """
    if not trace.files:
        return Joined(corpus, Lengths(TracedLength(trace, warmup), rate_hz, seed), seed)
    place = Path(files)
    return Named(corpus, rate_hz, seed, trace, warmup, place if place.is_dir() else place.parent)
