"""A page in Chromium, as a reader has it."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="needs `pip install playwright` and Debian's `chromium`",
)
PHONE, SCREEN = 360, 1_100


@dataclass
class Shown:
    """tab: the page. said: what it has written to the console, errors of scripts included. asked: URLs that it has
    asked for beside its own."""

    tab: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def is_too_wide(self) -> bool:
        """Whether one has to scroll sideways."""
        return bool(self.tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@contextmanager
def shown(file: Path, *, width: int = SCREEN, dark: bool = False, scripts: bool = True) -> Iterator[Shown]:
    """The page in `file`, loaded. scripts: whether the browser runs any."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme="dark" if dark else "light",
                java_script_enabled=scripts,
            )
            found = Shown(context.new_page())
            found.tab.on("console", lambda message: found.said.append(message.text))
            found.tab.on("pageerror", lambda error: found.said.append(str(error)))
            found.tab.on("request", lambda request: found.asked.append(request.url))
            found.tab.goto(file.as_uri())
            found.asked = [url for url in found.asked if url != file.as_uri()]
            yield found
        finally:
            browser.close()
