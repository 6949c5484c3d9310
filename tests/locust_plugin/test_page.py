"""What Locust's page is given, asked over Flask's test client."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import locust
import pytest
from locust.runners import STATE_CLEANUP, STATE_SPAWNING, STATE_STOPPED, STATE_STOPPING

from stt_load.config.keys import keys
from stt_load.config.options import OPTIONS
from stt_load.locust_plugin import page as pages
from stt_load.locust_plugin.notice import RunView
from tests.locust_plugin.test_web import Page
from tests.report.runs import run_of, steady

WEBUI = Path(locust.__file__).parent / "webui"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Page:
    return Page(monkeypatch, tmp_path)


def start_page(page: Page, path: str = "/") -> str:
    return page.client.get(path).get_data(as_text=True)


def template_of(page: Page) -> dict[str, Any]:
    text = start_page(page).rpartition("window.templateArgs = ")[2]
    return dict(json.JSONDecoder().raw_decode(text)[0])


def test_the_notice_stands_before_locusts_page_once(page: Page) -> None:
    text = start_page(page)
    assert text.count('<div id="stt-load"') == 1
    assert text.index('<div id="stt-load"') < text.index(pages.ROOT)
    for name in re.findall(r'(?:href|src)="\./(stt-load/[^"]+)"', text):
        assert page.client.get(f"/{name}").status_code == 200, name
    assert text.count("./stt-load/") == 2


def test_its_parts_have_their_types(page: Page) -> None:
    assert page.client.get("/stt-load/page.js").mimetype == "text/javascript"
    assert page.client.get("/stt-load/page.css").mimetype == "text/css"


def test_below_a_base_path_all_of_it_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = Page(monkeypatch, tmp_path, "--web-base-path", "/load")
    assert '<div id="stt-load"' in start_page(page, "/load/")
    for name in ("run", "page.js", "page.css"):
        assert page.client.get(f"/load/stt-load/{name}").status_code == 200


def test_what_there_is_to_say_is_asked_for_each_time(page: Page) -> None:
    assert page.client.get("/stt-load/run").get_json() == {
        "kind": "none",
        "lines": [],
        "links": [],
        "open_loop": False,
        "levels": None,
    }
    page.view = RunView(starting=True)
    assert page.client.get("/stt-load/run").get_json()["kind"] == "going"
    page.view = RunView(outcome=run_of(steady()))
    told = page.client.get("/stt-load/run").get_json()
    assert told["links"] == [{"name": "report", "title": "The whole report"}]


@pytest.mark.parametrize(
    ("state", "told"),
    [(STATE_CLEANUP, "running"), (STATE_STOPPING, "running"), (STATE_SPAWNING, None), (STATE_STOPPED, None)],
)
def test_a_run_that_is_ending_is_told_as_one_that_goes_on_until_it_has_ended(
    page: Page, state: str, told: str | None
) -> None:
    """Locust's page would not look again, and so never offer another start."""
    assert page.environment.runner is not None
    page.environment.runner.state = state
    for _ in range(2):
        assert page.client.get("/stats/requests").get_json()["state"] == (told or state)
        assert template_of(page)["state"] == (told or state)
    assert page.environment.runner.state == state, "Locust's own is not touched"


def test_what_a_run_was_started_with_is_not_offered_in_the_form_that_changes_one(page: Page) -> None:
    style = page.client.get("/stt-load/page.css").get_data(as_text=True)
    (rule,) = (line for line in style.splitlines() if line.startswith('form:not(:has([name="host"]))'))
    hidden = set(re.findall(r'\[name="(\w+)"\]', rule)) - {"host"}
    assert hidden == {pages._field(name) for name in template_of(page)["extra_options"]}
    assert rule.endswith("{ display: none; }")


def test_our_fields_stand_in_the_order_of_the_configuration_total_and_warm_up_first(page: Page) -> None:
    shown = list(template_of(page)["extra_options"])
    key_of = {option.dest: option.key for option in OPTIONS}
    order = [".".join(path) for path in keys()]
    assert shown[:2] == ["total_requests", "warmup_requests"]
    assert [key_of[name] for name in shown] == sorted((key_of[name] for name in shown), key=order.index)
    assert len(shown) > 10


def test_a_label_has_four_words_at_most_and_the_explanation_is_below_the_field(page: Page) -> None:
    """A help text would be in the label: Locust's page has no other place for it."""
    fields = template_of(page)["extra_options"]
    assert {field["help_text"] for field in fields.values()} == {None}
    assert max(len(name.split("_")) for name in fields) <= 4
    style = page.client.get("/stt-load/page.css").get_data(as_text=True)
    explained = dict(re.findall(r'\[name="(\w+)"\]\)::after \{ content: "(.*)"; \}', style))
    assert explained["totalRequests"].startswith("Requests of the whole run")
    assert len(explained) == len(fields) + 1
    assert all(explained.values())
    assert "`embedded`" in explained["host"]


def test_a_text_of_any_characters_is_one_string_of_the_style_sheet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (option,) = (option for option in OPTIONS if option.dest == "prompt")
    monkeypatch.setattr(pages, "OPTIONS", [option.__class__("--a-b", "x", "X", 'say "\\" }\nand', None, True)])
    first, _ = pages.explanations().splitlines()
    assert first == r'div:has(> div > [name="aB"])::after { content: "say \"\\\" }\a and"; }'


def test_what_is_offered_is_what_is_there(page: Page) -> None:
    """The list is Locust's and is made once; the style sheet hides what the last answer does not name."""
    offered = [one["href"].rpartition("/")[2] for one in template_of(page)["extended_csv_files"]]
    style = page.client.get("/stt-load/page.css").get_data(as_text=True)
    for name in offered:
        assert f'html:not([data-stt-load~="{name}"]) li:has(> a[href$="/stt-load/{name}"])' in style
    assert offered == ["report", "result", "requests", "rows"]


def words_of(page: Page) -> dict[str, Any]:
    """What the script says before it begins."""
    script = page.client.get("/stt-load/page.js").get_data(as_text=True)
    return dict(json.JSONDecoder().raw_decode(script.removeprefix("const WORDS = "))[0])


def test_each_text_that_is_called_something_else_in_an_open_loop_is_one_of_locusts_page(page: Page) -> None:
    """Those are in its bundle: a Locust that words them in another way leaves users users."""
    bundle = "".join(path.read_text(encoding="utf-8") for path in WEBUI.glob("dist/assets/*.js"))
    words = words_of(page)
    assert words.pop("always") is False
    assert set(words) == {"page", "start", "stages", "levels", "change"}
    for made in words.values():
        assert all(f"`{own}`" in bundle for own in made), made
    assert words["page"]["Users"] == "Slots"


@pytest.mark.parametrize("trace", [True, False])
def test_a_form_without_a_rate_is_that_of_an_open_loop_where_a_trace_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trace: bool
) -> None:
    (tmp_path / "trace.csv").write_text("offset_s,audio_s\n0.0,1.0\n0.5,1.0\n", encoding="utf-8")
    page = Page(monkeypatch, tmp_path, *(["--trace", "trace.csv"] if trace else []))
    assert words_of(page)["always"] is trace
