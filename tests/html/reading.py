"""An HTML document as a parser reads it, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"meta", "wbr", "link", "br", "img", "hr", "input"}


class Element:
    """tag: its name. attributes: None of one without a value. text: what stands in it, also within others."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag, self.attributes = tag, attributes
        self.text = ""


class Reader(HTMLParser):
    """All elements of a document, in their order. Raises AssertionError where one ends that has not begun."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open, [one.tag for one in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> ends nothing"
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, tag: str) -> list[Element]:
        return [one for one in self.elements if one.tag == tag]

    def texts(self, tag: str) -> list[str]:
        """Of each, with single blanks."""
        return [" ".join(one.text.split()) for one in self.all(tag)]

    def references(self) -> Iterator[str]:
        """What a browser might fetch, or go to."""
        names = ("src", "href", "xlink:href", "action", "data", "poster", "srcset")
        for one in self.elements:
            yield from (value for name in names if (value := one.attributes.get(name)) is not None)
