"""A page as HTML: every block, text that stays text, and nothing that is fetched."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from stt_load.html.blocks import Block, Fact, Facts, Folded, Items, Pair, Pairs, Table, Text
from stt_load.html.document import document, joints, sides
from stt_load.html.page import Page, Section
from stt_load.html.plot import Line, Plot
from stt_load.report.messages import Language, Messages
from stt_load.samples.escaping import harmless
from tests.html.plots import latency_over_time
from tests.html.reading import Reader

SAY = Messages("en")
EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>]]></style>"
"""What a service may answer with."""


def page(*blocks: Block | Plot, language: Language = "en") -> Page:
    return Page(language, "A run", "result.json", (Section("one", "Section one", blocks),))


def read(*blocks: Block | Plot) -> Reader:
    return Reader(document(SAY, page(*blocks)))


def every_block(text: str) -> tuple[Block | Plot, ...]:
    """One of each kind, with `text` wherever there is a text."""
    table = Table(text, (text, text), ((text, text), (text, "1")), ("bad", "plain"))
    return (
        Text(text),
        Items(((text, (text,)),), "doubtful"),
        Facts((Fact(text, text, text, "good"),)),
        table,
        Pairs(text, text, (Pair(text, ((text, "deleted"),), ((text, "inserted"), (text, "substituted"))),)),
        Folded(text, (Text(text),)),
        Folded(text, code=f"{text}\n{text}"),
        replace(latency_over_time(20), title=text, about=text, table=table),
    )


def test_each_kind_of_block_is_there_with_its_text() -> None:
    found = read(*every_block("a word"))
    tags = {one.tag for one in found.elements}
    assert tags >= {"p", "ul", "dl", "table", "del", "ins", "mark", "details", "pre", "figure", "svg"}
    assert found.texts("caption")[0] == "a word"
    assert found.texts("summary")[0] == "a word"
    assert found.all("pre")[0].text == "a word\na word"
    assert [one.attributes["class"] for one in found.all("tr") if "class" in one.attributes] == ["bad", "bad"]


def test_what_a_service_says_stays_text_wherever_it_stands() -> None:
    plain, evil = read(*every_block("a word " * (len(EVIL) // 7))), read(*every_block(EVIL))
    tags = [[one.tag for one in page.elements if one.tag != "wbr"] for page in (evil, plain)]
    assert tags[0] == tags[1], "no element more, but where a line may be broken"
    names = [set(one.attributes) for one in evil.elements if one.tag != "wbr"]
    assert names == [set(one.attributes) for one in plain.elements if one.tag != "wbr"], "no attribute more"
    assert evil.texts("caption")[0] == EVIL
    assert evil.texts("figcaption") == [EVIL]
    title = Reader(document(SAY, Page("en", EVIL, EVIL, ())))
    assert title.texts("h1") == [EVIL]
    assert title.texts("title") == [f"{EVIL} · {EVIL}"]


def test_characters_out_of_sight_are_replaced() -> None:
    """A text that turns the reading order around could show another one than there is."""
    found = read(Text("a\u202eb\x1b[2Jc"), Folded("more", code="x\u2066y\nz"))
    assert "a\ufffdb\ufffd[2Jc" in found.texts("p")
    assert found.all("pre")[0].text == "x\ufffdy\nz"


def test_nothing_is_fetched_and_nothing_is_loaded() -> None:
    text = document(SAY, page(*every_block("https://example.com/x.js")))
    assert set(Reader(text).references()) <= {"data:,", "#one"}
    assert not re.search(r"@import|url\((?!#)", text)
    assert " style=" not in text.split("<body>")[1].split("<script>")[0], "the policy forbids such styles"


@pytest.mark.parametrize("zooms", [True, False])
def test_the_policy_admits_just_what_is_written_inline(zooms: bool) -> None:
    found = read(replace(latency_over_time(20), has_zoom=zooms))
    (policy,) = [
        str(one.attributes["content"])
        for one in found.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = {name: sources for name, *sources in (rule.split() for rule in policy.split(";"))}
    assert rules["default-src"] == ["'none'"]
    assert rules["base-uri"] == rules["form-action"] == ["'none'"], "these do not fall back on the default"
    assert rules["style-src"] == [_digest(one.text) for one in found.all("style")]
    scripts = [one for one in found.all("script") if one.attributes.get("type") is None]
    assert len(scripts) == (2 if zooms else 0)
    assert rules["script-src"] == ([_digest(one.text) for one in scripts] or ["'none'"])


def _digest(text: str) -> str:
    """CSP3: of the bytes of the element's text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_licence_of_what_is_brought_along_is_said_beside_it() -> None:
    text = document(SAY, page(latency_over_time(20)))
    assert "Permission is hereby granted, free of charge" in text
    assert "Permission is hereby granted" not in document(SAY, page(Text("no plot, no script")))


def test_the_script_finds_the_values_of_a_plot_as_json() -> None:
    found = read(replace(latency_over_time(20), title=EVIL, lines=(Line(name=EVIL, at=1.0),)))
    (values,) = [one.text for one in found.all("script") if one.attributes.get("type") == "application/json"]
    assert json.loads(values)["lines"][0]["name"] == EVIL
    assert "<" not in values


def test_links_lead_to_the_sections_where_there_are_many() -> None:
    sections = tuple(Section(f"s{number}", f"Title {number}", (Text("x"),)) for number in range(5))
    found = Reader(document(SAY, Page("ko", "A run", "r.json", (Section("first", None, ()), *sections))))
    assert [one.attributes.get("href") for one in found.all("a")] == [f"#s{number}" for number in range(5)]
    assert found.all("html")[0].attributes == {"lang": "ko"}
    ids = [one.attributes["id"] for one in found.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    assert not read(Text("x")).all("nav")
    assert len(Reader(document(SAY, Page("en", "A run", "r.json", sections[:4]))).all("nav")) == 1
    assert not Reader(document(SAY, Page("en", "A run", "r.json", sections[:3]))).all("nav")


def test_a_table_can_be_reached_and_read_without_a_pointer() -> None:
    found = read(Table("Times", ("", "P95"), (("all", "0.5 s"),)))
    (frame,) = [one for one in found.elements if one.attributes.get("role") == "region"]
    assert frame.attributes["tabindex"] == "0"
    assert frame.attributes["aria-label"] == "Times"
    assert [one.attributes.get("scope") for one in found.all("th")] == ["col", "col", "row"]


def test_columns_of_numbers_are_told_from_texts() -> None:
    rows = (
        ("a", "0.5 s", "n/a", "3 of them were late, which is a sentence and no number", "ok", "", "12.5%"),
        ("b", "> timeout", "-1", "4", "5", "", "+3%"),
    )
    table = Table("t", ("name", *"123456"), rows)
    assert sides(SAY, table) == ("number", "number", "text", "text", "text", "number")


def test_an_empty_page_is_a_whole_document() -> None:
    text = document(SAY, Page("en", "Nothing", "none", ()))
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")


def test_a_table_that_stacks_has_its_heads_beside_its_cells_and_escapes_them() -> None:
    rows = (("p95(response_time_s)", "1 s"),)
    for stacks in (True, False):
        table = Table("Times", ("metric", '<b>"seen"'), rows, stacks=stacks)
        text = document(SAY, Page("en", "A page", "x", (Section("a", "A", (table,)),)))
        assert ('data-head="&lt;b&gt;&#34;seen&#34;"' in text) is stacks
        assert ('class="stacks"' in text) is stacks


def test_names_are_broken_behind_their_joints_and_are_harmless() -> None:
    assert joints("p95(response_time_s)") == "p95(<wbr>response_<wbr>time_s)"
    assert joints("http://it/v1/<b>\x1b") == f"http://it/v1/<wbr>&lt;b&gt;{harmless(chr(27))}"
