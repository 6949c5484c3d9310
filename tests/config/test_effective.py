"""What is in effect, as YAML."""

from __future__ import annotations

import pytest

from stt_load.config import effective
from tests.config.conftest import Load


@pytest.mark.parametrize("word", ["1e3", "true", "null", "1.10", "no", "", "~"])
def test_texts_that_look_like_something_else_are_read_back_as_texts(loaded: Load, word: str) -> None:
    config = loaded(f"api: {{extra_fields: {{x: '{word}'}}}}")
    assert loaded(effective(config)) == config


def test_secrets_are_masked_and_letters_are_not_escaped(loaded: Load) -> None:
    text = effective(loaded("api: {base_url: 'http://me:hunter2@h', model: 모델}"))
    assert "hunter2" not in text
    assert "base_url: http://***@h\n" in text
    assert "model: 모델\n" in text
