"""JMESPath expressions (https://jmespath.org/specification.html) as a configuration may have them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

LONGEST = 1_000
DEEPEST = 100
"""Levels: jmespath descends by recursion, a few frames of Python's stack for each, and so does the search."""
MOST_COPIES = 1_000
"""Into how many one value of an answer may become: `[@, @] | [@, @]` doubles it again at each step."""

_EXAMPLE = "choose one such as text or results.channels[0].alternatives[0].transcript"


def expression(text: str) -> str:
    """`text`; ValueError where it is no JMESPath expression, or one that could keep the load generator busy."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters; {_EXAMPLE}")
    if _brackets(text) > DEEPEST:
        raise ValueError(f"is nested in more than {DEEPEST} levels; {_EXAMPLE}")
    try:
        tree = jmespath.compile(text).parsed
    except JMESPathError:
        raise ValueError(f"is no JMESPath expression; {_EXAMPLE}") from None
    except RecursionError:
        raise ValueError(f"is nested too deeply; {_EXAMPLE}") from None
    copies = 1
    for node, depth in _nodes(tree):
        if depth > DEEPEST:
            raise ValueError(f"is nested in more than {DEEPEST} levels; {_EXAMPLE}")
        if node["type"] in ("multi_select_list", "multi_select_dict"):
            copies *= max(1, len(node["children"]))
    if copies > MOST_COPIES:
        raise ValueError(f"makes up to {_figure(copies)} copies of a value, more than {MOST_COPIES:,}; {_EXAMPLE}")
    return text


def _brackets(text: str) -> int:
    """How deep the brackets of `text` are nested, at most; parentheses leave no trace in the tree."""
    depth = deepest = 0
    for one in text:
        depth += (one in "([{") - (one in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _nodes(tree: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """Each node of the syntax tree with its level, from 1."""
    open_nodes = [(tree, 1)]
    while open_nodes:
        node, depth = open_nodes.pop()
        yield node, depth
        open_nodes += [(child, depth + 1) for child in node["children"] if isinstance(child, dict)]


def _figure(number: int) -> str:
    return f"{number:,}" if number < 1e9 else f"10^{int(math.log10(number))}"
