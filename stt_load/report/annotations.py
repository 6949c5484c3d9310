"""What is wrong with a run, as GitHub marks it on the page of a workflow: commands on lines of their own in the log.

Their form: docs.github.com, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.cases import Case

MOST = 10
"""Of each kind; GitHub shows no more of one step."""
_KIND = {"failed": "error", "error": "error", "doubtful": "warning"}


def commands(found: Sequence[Case]) -> Iterator[str]:
    """A line for each case that has not passed or is in doubt: SLOs first, then the rest in their order."""
    in_order = sorted(found, key=lambda case: case.group not in ("slo", "gate"))
    for kind in ("error", "warning"):
        some = [case for case in in_order if _KIND.get(case.outcome) == kind]
        for case in some[:MOST]:
            title = _escaped(f"stt-load: {case.name}").replace(":", "%3A").replace(",", "%2C")
            yield f"::{kind} title={title}::{_escaped(case.said or case.name)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def inert(line: str) -> str:
    """`line` so that GitHub sees no command in it, whatever a service has put there: its two forms are `::NAME ...::`
    at the beginning and `##[NAME]` anywhere."""
    blank = line[: len(line) - len(line.lstrip())]
    rest = line[len(blank) :]
    if rest.startswith("::"):
        line = f"{blank}: :{rest[2:]}"
    return line.replace("##[", "## [")
