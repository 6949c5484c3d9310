"""One answer beside what its clip says, and what it has got wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MOSTLY_WRONG = 0.5
SHOWN_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How texts are evened out before they are compared. normalise: as accuracy.normalise has it. language: of what
    is said, None where it isn't known."""

    normalise: str
    language: str | None

    def lines(self, said: str, heard: str) -> Iterator[str]:
        """Both texts, and the word error rate of this one answer, which is about nothing else."""
        # What these bring with them is not to be waited for by whoever asks for something else.
        from stt_load.accuracy.edits import edits
        from stt_load.accuracy.normalise import chosen, normaliser

        yield f"   Said:  {said[:SHOWN_CHARACTERS]}"
        yield f"   Heard: {heard[:SHOWN_CHARACTERS]}"
        normal = normaliser(chosen(self.normalise, self.language))
        reference = normal(said)
        if not reference:
            return
        (found,) = edits([reference], [normal(heard)], normal.spaced)
        cer = "" if normal.spaced else f"CER without spaces {_percent(found.character_edits, found.characters)}; "
        yield (
            f"   {cer}WER {_percent(found.word_edits, found.words)}: of {found.words} words {found.substitutions} "
            f"are others, {found.deletions} missing, {found.insertions} too many ({normal.name}, {normal.version})"
        )
        wrong, of = (found.word_edits, found.words) if normal.spaced else (found.character_edits, found.characters)
        if wrong > MOSTLY_WRONG * of:
            yield (
                "❗ Most of it is wrong: the service hears something else than is said. Is it another language "
                "(api.language), another sample rate (audio.sample_rate), another model (api.model)? The timings are "
                "right all the same"
            )


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"
