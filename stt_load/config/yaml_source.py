"""A YAML text as plain values, with the place of each; whatever the text is, the outcome is values and faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from stt_load.config import words
from stt_load.config.faults import Fault, KeyPath, dotted
from stt_load.config.scalars import RESOLVERS, TAG, tagged
from stt_load.config.suspicion import shown

MOST_NODES = 10_000
DEEPEST = 20
DEEPEST_READ = 100
_TOO_MUCH = f"more than {MOST_NODES} values, or more than {DEEPEST} levels of them"
MERGE = "<<"
ANCHORS = "x-"
"""What the names of top-level keys begin with whose values are there to be merged elsewhere (as in Compose files)."""

_Entry = tuple[yaml.ScalarNode, yaml.Node]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands, and how it is written there."""

    line: int
    written: str


@dataclass(slots=True)
class Document:
    """The values of one file as nested mappings, lists and scalars; `spots` has the place of each key's value, and of
    each item's of a list (its path ends with the index)."""

    values: dict[str, Any] = field(default_factory=dict)
    spots: dict[KeyPath, Spot] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def parse(text: str, source: str) -> Document:
    """The configuration in `text`; `source` names it in faults. An empty text is an empty mapping."""
    reader = _Reader(source)
    try:
        reader.read(_compose(text))
    except _UnreadableError as error:
        reader.document.faults.append(Fault(source, error.message, line=error.line, column=error.column))
    return reader.document


class _UnreadableError(Exception):
    """What stops the reading. line and column from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class _ValueError(Exception):
    """A value that is none, and why; the text reads on from the value."""


class _Loader(yaml.SafeLoader):
    """Ends at what is too much before the rest of it is read: composing goes by recursion, and takes its time."""

    yaml_implicit_resolvers = RESOLVERS

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._nodes = 0
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._nodes += 1
        self._depth += 1
        if self._depth > DEEPEST_READ:
            raise RecursionError
        if self._nodes > 2 * MOST_NODES + 1:  # the keys are nodes, too, and so is the document itself
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise _UnreadableError(_TOO_MUCH, event.start_mark.line + 1)
        try:
            node: yaml.Node | None = super().compose_node(parent, index)
        finally:
            self._depth -= 1
        return node


def _compose(text: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, _Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        message = f"the character U+{ord(text[error.position]):04X} is not allowed in YAML; take it out"
        raise _UnreadableError(message, line, column) from None
    except yaml.MarkedYAMLError as error:
        raise _in_plain_words(error) from None
    except (RecursionError, ValueError, OverflowError) as error:
        # What PyYAML itself stumbles over, without a place: "\UFFFFFFFF", a long version in %YAML, deep nesting.
        deep = isinstance(error, RecursionError)
        why = "nested too deeply" if deep else "an escape for a character that doesn't exist, or too large a number"
        raise _UnreadableError(f"not readable as YAML: {why}") from None
    return node


class _Reader:
    """Turns nodes into values. Bounded, since aliases can make a small file unfold without end."""

    def __init__(self, source: str) -> None:
        self.document = Document()
        self._source = source
        self._nodes = 0

    def read(self, node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode) and node.tag == TAG + "map":
            self.document.values = self._mapping(node, ())
        elif node is not None and node.tag != TAG + "null":
            given = shown((), _written(node))
            self._fault((), node, f"{given} is all there is; choose lines of the form `key: value`", given)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, (key, value) in self._entries(node, path, 0).items():
            if not path and name.startswith(ANCHORS):
                continue
            place, written = (*path, name), _written(value)
            self.document.spots[place] = Spot(key.start_mark.line + 1, written)
            try:
                values[name] = self._value(value, place)
            except _ValueError as error:
                given = shown(place, written)
                self._fault(place, value, f"{given} {error}", given)
        return values

    def _entries(self, node: yaml.MappingNode, path: KeyPath, depth: int) -> dict[str, _Entry]:
        """The keys of `node` and what `<<` merges into it (https://yaml.org/type/merge.html): its own keys win, then
        the mappings in their order. depth: of merging."""
        self._count(node, path, depth)
        self._nodes += len(node.value) if depth else 0
        own: dict[str, _Entry] = {}
        merge: _Entry | None = None
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fault(path, key, "a list or a mapping can't be a key; choose the name of a key")
                continue
            if problem := words.character_problem(key.value):
                self._fault((*path, key.value), key, f"the key {problem}")
                continue
            is_merge = key.value == MERGE and key.style is None
            if (first := merge if is_merge else own.get(key.value)) is not None:
                self._fault_twice((*path, key.value), first[0], key, value)
            elif is_merge:
                merge = key, value
            else:
                own[key.value] = key, value
        merged: dict[str, _Entry] = {}
        for base in self._bases(merge, path):
            merged = self._entries(base, path, depth + 1) | merged
        return own | {name: entry for name, entry in merged.items() if name not in own}

    def _bases(self, merge: _Entry | None, path: KeyPath) -> list[yaml.MappingNode]:
        """The mappings that a `<<` merges, the first one wins."""
        if merge is None:
            return []
        key, value = merge
        nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
        bases = [node for node in nodes if isinstance(node, yaml.MappingNode)]
        if len(bases) < len(nodes):
            place = (*path, MERGE)
            given = shown(place, _written(value))
            message = f"{given} can't be merged; choose a mapping, such as `<<: *name`, or a list of mappings"
            self._fault(place, key, message, given)
        return bases

    def _fault_twice(self, place: KeyPath, first: yaml.Node, key: yaml.Node, value: yaml.Node) -> None:
        given = shown(place, _written(value))
        lines = f"the key is in line {first.start_mark.line + 1} already, and again in line {key.start_mark.line + 1}"
        advice = "keep one: `<<: [*one, *two]` merges both" if place[-1] == MERGE else "keep one"
        self._fault(place, key, f"{given}: {lines}; {advice}", given)

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:
        self._count(node, path)
        if isinstance(node, yaml.CollectionNode) and node.tag not in (TAG + "map", TAG + "seq"):
            raise _ValueError(f"has the tag {_shown_tag(node)}, which has no meaning here; leave it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*path, str(index))) for index, item in enumerate(node.value)]
        if problem := words.character_problem(node.value):
            raise _ValueError(problem)
        try:
            return tagged(node.tag, node.value)
        except ValueError as error:
            raise _ValueError(f"has the tag {_shown_tag(node)}, {error}") from None

    def _item(self, node: yaml.Node, place: KeyPath) -> Any:
        self.document.spots[place] = Spot(node.start_mark.line + 1, _written(node))
        return self._value(node, place)

    def _count(self, node: yaml.Node, path: KeyPath, depth: int = 0) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(path) + depth > DEEPEST:
            raise _UnreadableError(_TOO_MUCH, node.start_mark.line + 1)

    def _fault(self, path: KeyPath, node: yaml.Node, message: str, given: str | None = None) -> None:
        line = node.start_mark.line + 1
        self.document.faults.append(Fault(self._source, message, dotted(path) or None, given, line))


def _shown_tag(node: yaml.Node) -> str:
    return dotted((node.tag.replace(TAG, "!!"),))


def _written(node: yaml.Node) -> str:
    """A value as it stands in the file; a list or a mapping only by its kind."""
    if isinstance(node, yaml.ScalarNode):
        quote = node.style if node.style in ("'", '"') else ""
        return f"{quote}{node.value}{quote}" or "null"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


_PLAIN_WORDS = (
    ("found character '\\t'", "a tab, where YAML wants spaces; indent with spaces"),
    ("mapping values are not", "a second `:` in one value, or a wrong indentation; put quotes around the text"),
    ("could not find expected ':'", "a key without its `:`; write `key: value`"),
    ("<block end>, but found ':'", "no key before this `:`; write `key: value`"),
    ("expected <block end>", "this doesn't line up with the lines above; indent keys of one level alike"),
    ("unexpected end of stream", "the quote that begins here is never closed"),
    ("expected ',' or ']'", "a list that began with `[` is not closed; end it with `]`"),
    ("expected ',' or '}'", "a mapping that began with `{` is not closed; end it with `}`"),
    ("expected a single document", "a second YAML document; keep one, without a `---` between"),
    ("but found another document", "a second YAML document; keep one, without a `---` between"),
    ("expected the node content", "a value is missing here, or a bracket is not closed; put quotes around the text"),
    ("incompatible YAML document", "a YAML version other than 1; take the %YAML line out"),
    ("cannot start any token", "a character that can't begin a value; put quotes around the text"),
    ("found undefined alias", "an alias (`*name`) without its anchor; put quotes around a text that begins with `*`"),
    ("found undefined tag handle", "a tag (`!name!`) that is not defined; put quotes around a text with `!` first"),
)


def _in_plain_words(error: yaml.MarkedYAMLError) -> _UnreadableError:
    problem = error.problem or str(error)
    begins = "quoted scalar" in (error.context or "")
    mark = (error.context_mark if begins else error.problem_mark) or error.problem_mark or error.context_mark
    words = next((words for part, words in _PLAIN_WORDS if part in problem), problem)
    message = f"not readable as YAML: {words}"
    return _UnreadableError(message, mark.line + 1, mark.column + 1) if mark else _UnreadableError(message)
