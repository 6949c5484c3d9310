"""Sentences that are normalised once make the same reference as the whole text of a clip."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from stt_load.accuracy.normalise import Name, Normaliser, normaliser
from stt_load.accuracy.references import Alphabet, References
from tests.accuracy.speech import shipped_sentences

NORMALISERS: dict[Name, Normaliser] = {"english": normaliser("english"), "korean": normaliser("korean")}
WORDS = st.sampled_from(
    [
        *(
            "two",
            "five",
            "and",
            "a",
            "half",
            "point",
            "percent",
            "twenty",
            "hundred",
            "dollars",
            "oh",
            "double",
            "one",
        ),
        *("second", "minus", "the", "boat", "isn't", "he's", "'tis", "Mr.", "St.", "I'm", "'s", "o'clock", "don't"),
        *("[so", "(or", "so)", "um", "mm,", "3", "4.5", "$5", "50%", "1,000", "cause", "...", "-", "—", "re:"),
        '"quoted"',
    ]
)
SENTENCES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(lambda words: " ".join(words) + "."), max_size=4)


@given(SENTENCES)
@example(["I counted two.", "Five birds."])
@example(["It is half past.", "'Tis late."])
@example(["I gave him (you know.", "Well) nothing."])
def test_a_clip_of_sentences_is_its_text_normalised_as_a_whole(sentences: list[str]) -> None:
    for one in NORMALISERS.values():
        found = References(lambda *_: tuple(sentences), one, Alphabet()).of(0, 0)
        assert (found.said, found.normal) == (" ".join(sentences), one(" ".join(sentences)))


@given(st.lists(st.sampled_from(shipped_sentences()), min_size=1, max_size=6))
def test_those_of_the_shipped_pack_are(sentences: list[str]) -> None:
    one = NORMALISERS["english"]
    found = References(lambda *_: tuple(sentences), one, Alphabet()).of(0, 0)
    assert found.normal == one(found.said)
    assert len(found.letters) == len(found.normal.split())


def test_sentences_of_the_shipped_pack_are_normalised_once_each() -> None:
    seen: list[str] = []
    one = NORMALISERS["english"]
    counting = Normaliser("english", "", True, one.joins, lambda text: seen.append(text) or one(text))  # type: ignore[func-returns-value]
    pool = shipped_sentences()
    references = References(lambda seq, _: (pool[seq % len(pool)], pool[seq * 7 % len(pool)]), counting, Alphabet())
    for seq in range(500):
        references.of(seq, 0)
    assert sorted(seen) == sorted(set(seen))
    assert set(seen) <= set(pool)


def test_a_clip_without_words_has_an_empty_reference() -> None:
    for texts in [(), ("!",), ("Um.", "Hmm.")]:
        found = References(lambda *_, texts=texts: texts, NORMALISERS["english"], Alphabet()).of(0, 0)  # type: ignore[misc]
        assert (found.normal, found.letters) == ("", "")


def test_equal_words_are_equal_letters_and_no_others() -> None:
    alphabet = Alphabet()
    words = [f"w{number}" for number in range(100_000)]
    letters = alphabet.letters(words)
    assert alphabet.letters(words) == letters
    assert len(set(letters)) == len(letters) == len(words)
    letters.encode()  # none is half a surrogate pair


def test_what_is_beyond_the_alphabet_is_one_letter() -> None:
    alphabet = Alphabet()
    alphabet.letters(f"w{number}" for number in range(200_000))
    assert alphabet.letters(["w0", "more", "and more"]) == alphabet.letters(["w0"]) + "\0\0"
