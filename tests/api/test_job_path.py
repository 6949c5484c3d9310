"""Where a job's next request goes."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.api.job_path import JobPath, NoPathError, told

HERE = "https://h:8443"


@pytest.mark.parametrize(
    ("template", "document", "path"),
    [
        ("/jobs/{id}/text?format=txt", {}, "/base/jobs/a%2Fb/text?format=txt"),
        ("/jobs/{name}", {"name": " x y "}, "/base/jobs/x%20y"),
        ("/jobs/{list[0].n}/of/{id}", {"list": [{"n": 7}]}, "/base/jobs/7/of/a%2Fb"),
        ("{url}", {"url": "https://h:8443/jobs/7?key=1#part"}, "/jobs/7?key=1"),
        ("{url}", {"url": "HTTPS://H:8443"}, "/"),
        ("{url}", {"url": "/jobs/7"}, "/jobs/7"),
        ("{url}/files?of={id}", {"url": "https://h:8443/jobs/7"}, "/jobs/7/files?of=a%2Fb"),
    ],
)
def test_the_places_of_an_answer_are_filled_in(template: str, document: Any, path: str) -> None:
    assert JobPath(template, "/base", HERE).after(document, "a/b") == path


@pytest.mark.parametrize(
    "url", ["http://h:8443/x", "https://h/x", "//evil/x", "https://h:8443@evil/x", "ftp://h:8443/x"]
)
def test_no_other_server_is_given_the_key(url: str) -> None:
    with pytest.raises(NoPathError, match="it is not asked, as it would be given the key"):
        JobPath("{url}", "", HERE).after({"url": url}, None)


def test_the_other_server_is_named_with_its_port_and_without_a_password() -> None:
    with pytest.raises(NoPathError, match=f"^a URL at https://h:9000, not at {HERE}: "):
        JobPath("{url}", "", HERE).after({"url": "https://me:hunter2@h:9000/x"}, None)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "nothing at `url`"),
        ({"url": None}, "nothing at `url`"),
        ({"url": {}}, "nothing at `url`"),
        ({"url": "http://[::1/x"}, "no URL where the next one should be"),
        ({"url": "http://h:x/"}, "no URL where the next one should be"),
    ],
)
def test_what_is_lacking_is_named(document: Any, message: str) -> None:
    with pytest.raises(NoPathError, match=f"^{message}$"):
        JobPath("{url}", "", HERE).after(document, "7")


def test_a_missing_id_is_named_as_it_was_looked_for() -> None:
    with pytest.raises(NoPathError, match=r"^nothing at `job\.id`$"):
        JobPath("/jobs/{id}", "", HERE, "job.id").after({"id": 7}, None)


def test_texts_and_numbers_are_told_and_nothing_else() -> None:
    values = {"a": " x ", "b": 7, "c": 1.5, "d": True, "e": [], "f": " "}
    assert [told(values, name) for name in "abcdefg"] == ["x", "7", "1.5", None, None, None, None]
