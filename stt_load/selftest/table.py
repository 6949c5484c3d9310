"""What came out, for people: each figure where it was furthest from the truth, or every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stt_load.selftest.figure import Figure

HEAD = ("run", "figure", "truth", "reported", "difference", "allowed", "verdict")
LEFT = frozenset({1, 6})

Found = tuple[int, Figure]
"""A run's number, and one of its figures."""


def furthest(found: Iterable[Found]) -> list[Found]:
    """Of each figure the one that strains most what is allowed (among equals the largest), in their first order."""
    worst: dict[str, Found] = {}
    for one in found:
        worst[one[1].name] = max(worst.get(one[1].name, one), one, key=lambda that: (that[1].strain, that[1].truth))
    return list(worst.values())


def table(found: Sequence[Found]) -> list[str]:
    """Lines of text, the numbers to the right."""
    cells = [HEAD, *(_row(number, figure) for number, figure in found)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = ["  ".join(_aligned(text, widths[n], n in LEFT) for n, text in enumerate(row)).rstrip() for row in cells]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]


def _aligned(text: str, width: int, left: bool) -> str:
    return text.ljust(width) if left else text.rjust(width)


def _row(number: int, figure: Figure) -> tuple[str, ...]:
    reported = "none" if figure.reported is None else _value(figure, figure.reported)
    exact = figure.low == figure.high == 0
    return (
        str(number),
        figure.name,
        _value(figure, figure.truth),
        reported,
        "none" if figure.reported is None else _difference(figure, figure.difference),
        "exact" if exact else f"{_difference(figure, figure.low)} to {_difference(figure, figure.high)}",
        "right" if figure.right else "WRONG",
    )


def _value(figure: Figure, value: float) -> str:
    match figure.unit:
        case "s":
            return f"{value * 1e3:,.1f} ms"
        case "/s":
            return f"{value:,.2f}/s"
        case "bytes":
            return f"{value:,.0f} B"
    return f"{value:,.0f}" if value == int(value) else f"{value:.4f}"


def _difference(figure: Figure, value: float) -> str:
    match figure.unit:
        case "s":
            return f"{value * 1e3:+.1f} ms"
        case "/s":
            return f"{value:+.2f}/s"
        case "bytes":
            return f"{value:+,.0f} B" if value else "0 B"
    return "0" if not value else f"{value:+.0f}" if value == int(value) else f"{value:+.4f}"
