"""What sections have in common."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from stt_load.config.section import BaseUrl, HeaderName, JobPath, Seconds, Section


class Sample(Section):
    seconds: Seconds = 1.0


@pytest.mark.parametrize("values", [{"seconds": "1"}, {"seconds": float("nan")}, {"seconds": -1.0}, {"other": 1}])
def test_a_section_turns_nothing_into_something_else_and_knows_its_keys(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate(values)


def test_a_section_is_immutable() -> None:
    with pytest.raises(ValidationError):
        Sample().seconds = 2.0


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [(BaseUrl, "http://h", "h"), (HeaderName, "X-Mine", "Host"), (JobPath, "/jobs/{id}", "/jobs")],
)
def test_a_text_has_the_form_that_its_type_says(kind: object, right: str, wrong: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    assert adapter.validate_python(right) == right
    with pytest.raises(ValidationError):
        adapter.validate_python(wrong)
