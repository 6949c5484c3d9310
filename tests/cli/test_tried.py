"""What is known of a request that brought no transcript."""

from __future__ import annotations

from stt_load.api.verdict import Answer, Failure
from stt_load.cli.tried import Tried, cut, other_scheme
from stt_load.config import ApiConfig
from stt_load.samples.sample import ErrorKind


def tried(body: bytes | None) -> Tried:
    answer = None if body is None else Answer(200, "", None, body)
    return Tried(ApiConfig(), "http://stt.example/x", Failure(ErrorKind.NO_TEXT, ""), answer)


def test_an_answer_as_a_document_and_as_words() -> None:
    assert tried(b'{"Text": 1}').document == {"Text": 1}
    assert tried(b'{"Text": 1}').said == '{"text": 1}'
    assert (tried(b"{").document, tried(None).document, tried(None).said) == (None, None, "")


def test_a_text_is_cut_to_a_part_of_a_line() -> None:
    assert cut("two\n lines") == "two lines"
    assert cut("x" * 61) == "x" * 60 + "..."


def test_the_other_scheme() -> None:
    assert other_scheme("https://stt.example:8000/v1?x=1") == "http://stt.example:8000"
    assert other_scheme("http://stt.example/v1") == "https://stt.example"
