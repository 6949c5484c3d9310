"""A page as one HTML document that needs nothing beside it: no network, and of scripts only its own.

Whatever a text has in it stays text: Jinja2 escapes each, characters out of sight are replaced, and the policy in
the document (Content Security Policy, level 3) lets no style and no script pass but those that are written here, each
known by its hash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stt_load import __version__
from stt_load.html.blocks import Table
from stt_load.html.drawing import draw
from stt_load.html.interactive import data
from stt_load.html.page import Page, Section
from stt_load.html.plot import Plot
from stt_load.html.thinning import thinned
from stt_load.report.messages import Messages
from stt_load.samples.escaping import harmless

HERE = Path(__file__).parent
FEWEST_LINKED = 4
"""Sections with a title; fewer of them need no list of links above."""
_ENDS = re.compile("</(?:style|script)|<!--", re.IGNORECASE)
_JOINTS = re.compile(r"(?<=[/_(?&])(?=[^\s/]{3})")
_NUMBER = re.compile(r"^[<>≥≤=~±+\-−–]*\s*\d")
LONGEST_NUMBER = 30
"""Characters of a cell that is one, or a range of two, with units."""


@dataclass(frozen=True, slots=True)
class Inlined:
    """The text of a style or a script. notice: what its licence asks to be said beside it."""

    text: Markup
    notice: Markup | None = None

    @property
    def source(self) -> str:
        """How a policy names it: W3C, Content Security Policy Level 3, section 6.7.2.3, of its UTF-8 bytes."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


def document(say: Messages, page: Page) -> str:
    """`page` in HTML. say: texts of the language of the page, for what stands around its sections."""
    zooms = any(isinstance(block, Plot) and block.has_zoom for section in page.sections for block in section.blocks)
    styles, scripts = _styles(zooms=zooms), _scripts() if zooms else ()
    return (
        _environment()
        .get_template("page.j2")
        .render(
            say=say,
            page=page,
            version=__version__,
            policy=_policy(styles, scripts),
            styles=styles,
            scripts=scripts,
            first=page.sections[0] if page.sections and page.sections[0].title is None else None,
            linked=_linked(page),
        )
    )


def _linked(page: Page) -> tuple[Section, ...]:
    """Sections to be linked from above."""
    titled = tuple(section for section in page.sections if section.title is not None)
    return titled if len(titled) >= FEWEST_LINKED else ()


def _policy(styles: Sequence[Inlined], scripts: Sequence[Inlined]) -> str:
    """Nothing is fetched and nothing is sent anywhere; what is inline is what is known here."""
    style = " ".join(one.source for one in styles)
    script = " ".join(one.source for one in scripts) or "'none'"
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _styles(*, zooms: bool) -> tuple[Inlined, ...]:
    """zooms: there are plots that the scripts draw anew."""
    names = ("style.css", "plot.css", *(("vendor/uPlot.min.css",) if zooms else ()))
    return tuple(Inlined(_file(name)) for name in names)


def _scripts() -> tuple[Inlined, ...]:
    notice = Markup("\n".join(f" * {line}".rstrip() for line in _file("vendor/uPlot.LICENSE").splitlines()))
    return (Inlined(_file("vendor/uPlot.iife.min.js"), notice), Inlined(_file("script.js")))


@functools.cache
def _file(name: str) -> Markup:
    """A file of ours as it goes into the document. Its line ends are read as `\\n`, as a browser's parser reads them
    before it hashes."""
    text = (HERE / name).read_text(encoding="utf-8")
    assert not _ENDS.search(text), f"{name} would end its element"
    return Markup(text)


@functools.cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    found.globals |= {"draw": draw, "data": data, "thinned": thinned, "sides": sides}
    found.filters |= {"kind": kind, "lines": lines, "joints": joints}
    return found


def shown(value: object) -> object:
    """What a template writes in place of `value`: a text of anybody without characters that do something unseen."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def lines(text: str) -> str:
    """A text in lines, each harmless, the line ends kept."""
    return Markup("\n").join(harmless(line) for line in text.split("\n"))


def joints(text: str) -> Markup:
    """A text that may be broken into lines behind its joints, as those of a path or of a metric's name: rather than
    anywhere else."""
    return Markup("<wbr>").join(_JOINTS.split(harmless(text)))


def kind(block: object) -> str:
    """What it is, as the templates call it."""
    return type(block).__name__.lower()


def sides(say: Messages, table: Table) -> tuple[Literal["text", "number"], ...]:
    """For each column of `table` but the first, which names the row, what it has: numbers stand on the right."""
    instead = {"", "-", "–", say("none"), say("latency.beyond")}
    columns = zip(*(row[1:] for row in table.rows), strict=True)
    return tuple("number" if _has_numbers(set(column) - instead) else "text" for column in columns)


def _has_numbers(cells: set[str]) -> bool:
    """cells: those in place of which nothing else stands."""
    return bool(cells) and all(_NUMBER.match(cell) and len(cell) <= LONGEST_NUMBER for cell in cells)
