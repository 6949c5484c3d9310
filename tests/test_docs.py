"""The documents say what is so: every command in them runs, every configuration loads, every link leads somewhere.

CONTRIBUTING.md has the rules that this holds documents to.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from stt_load.config import load, preset
from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings
from stt_load.storage.result_file import write
from tests.markdown import DOCUMENTS, READMES, ROOT, anchors, blocks, commands, languages, links, text_of
from tests.ports import free_port
from tests.processes.running import Ran, check_code, environment, restore_interrupt, saved
from tests.real import engines
from tests.report.runs import run_of, series_of, steady

ELSEWHERE = ("pytest", "stt-load selftest")
"""Commands with tests of their own."""
SPEAKERS = ("espeak-ng", "flite")
"""Programs that a command may need, and a machine may lack."""
NOT_HERE = {"docker", "kubectl", "helm"}
"""Programs that a block of the language `console` may call: no machine that runs the tests has them."""
TOGETHER = {"docs/distributed.md"}
"""Documents whose commands need each other: their test is in tests/processes."""
CODE = {"docs/library.md": {"python"}, "docs/result.md": {"python", "sql", "bash"}}
"""Documents with code that tests of their own run."""
SHOWN = {"locust --headless": "README.md", "locust --headless --report-language ko": "README.ko.md"}
"""Commands whose report a document shows."""
SHORT = {"STT_LOAD_AUDIO_DURATION": "5"}
"""Clips of five seconds instead of ten: the embedded server is quicker then, and answers can still be judged.
Recordings would be joined to that length."""
VARIABLE = re.compile(r"\$\{(\w+)\}|_env: (\w+)")
SERVERS = re.compile(r"http://127\.0\.0\.1:(8000|9000)\b")
"""What stands for a service of the reader's own."""


def shell_blocks() -> list[str]:
    """Each once. Installing is what made this test possible."""
    found = {block: None for document in DOCUMENTS if document not in TOGETHER for block in blocks(document, "sh")}
    rest = {block: [line for line in runnable(block) if line not in ELSEWHERE] for block in found}
    return [block for block, lines in rest.items() if lines]


def runnable(block: str) -> list[str]:
    lines = [line.partition(" && ")[2] if line.startswith("pip install ") else line for line in commands(block)]
    return [line.removeprefix("uvx ") for line in lines if line]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    quick = ServerSettings(overhead_s=0.05, rtf=0.0, jitter="none", cold_requests=0)
    with EmbeddedServer.start(quick) as running:
        yield running.url


def test_the_two_promised_lines_are_there() -> None:
    for document in READMES:
        lines = "".join(blocks(document, "sh")).splitlines()
        assert "pip install -e . && locust --headless" in lines
        assert "pip install -e '.[test]' && pytest" in lines


RUN_QUICKLY = (
    "pip install -e . && locust --headless",
    "stt-load presets",
    "locust --headless --rate 8",
    "locust --headless --processes 2",
    "locust\n",
)
"""How blocks of the READMEs begin that are run always: one of each kind. A newcomer's way is .ci/newcomer."""


def by_time() -> list[ParameterSet]:
    """Runs, of which the documents have dozens: those of RUN_QUICKLY always, the rest where all do."""
    runs = re.compile(r"^(pip install .* && )?(uvx )?(locust|stt-load run)\b", re.MULTILINE)
    slow = {block for block in shell_blocks() if runs.search(block) and not block.startswith(RUN_QUICKLY)}
    return [pytest.param(block, marks=[pytest.mark.slow] * (block in slow)) for block in shell_blocks()]


def test_what_is_run_quickly_is_in_a_readme() -> None:
    there = [block for document in READMES for block in blocks(document, "sh")]
    assert [start for start in RUN_QUICKLY if not any(block.startswith(start) for block in there)] == []


@pytest.mark.locust
@pytest.mark.parametrize("block", by_time())
def test_every_command_runs(block: str, tmp_path: Path, server: str) -> None:
    """In a folder with the repository's two files, but for what makes a folder of its own; against a server that is
    there, and with the result that a command reads."""
    if (missing := {name for name in SPEAKERS if name in block and not shutil.which(name)}) or "--hear" in block:
        pytest.skip(f"{', '.join(missing)} not installed" if missing else "it takes a quarter of an hour")
    if "--engine" in block and engines.IS_MISSING:
        pytest.skip(engines.REASON)
    if "examples/" in block:
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    if "stt-load init" not in block:
        for name in ("config.yaml", "locustfile.py"):
            shutil.copy(ROOT / name, tmp_path)
    if "result.json" in block and "--save-path result.json" not in block:
        write(tmp_path / "result.json", run_of(steady()))
    if "stt-load compare" in block or "stt-load baseline" in block:
        for name in ("base", "next", "before", "after"):
            series_of(tmp_path / f"{name}.json", 6)
    for line in runnable(block):
        said = call(SERVERS.sub(server, line).replace("8001", str(free_port())), tmp_path)
        if line in SHOWN and "✅" in said:  # a busy machine has more to say
            shown_report = blocks(SHOWN[line], "text")[0]
            assert outlines(shown_report) <= outlines(said)


def outlines(text: str) -> set[str]:
    """Its lines without their numbers, and without the words that a service has heard."""
    return {re.sub(r"(?<=: )[A-Z].*[.?!]$|[\d.]+", "0", line) for line in text.splitlines()}


def call(line: str, folder: Path) -> str:
    """Runs `line` in `folder`, and returns what it says; a server or a page is interrupted as soon as it answers."""
    words = shlex.split(line)
    given: dict[str, str] = {}
    while "=" in words[0]:
        given |= [words.pop(0).split("=", 1)]
    web, master = str(free_port()), str(free_port())
    ports = {"LOCUST_WEB_PORT": web, "LOCUST_MASTER_BIND_PORT": master, "LOCUST_MASTER_NODE_PORT": master}
    short = {} if "--audio-files" in words else SHORT
    before = saved(folder, "*result*.json")
    process = subprocess.Popen(
        [shutil.which(words[0], path=str(Path(sys.executable).parent)) or words[0], *words[1:]],
        cwd=folder,
        env=environment() | {"LOCUST_WEB_HOST": "127.0.0.1"} | ports | short | given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=restore_interrupt,
    )
    try:
        if (port := port_of(words, web)) is not None:
            until_it_answers(process, port)
            process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=90)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    results = saved(folder, "*result*.json")
    if len(results) > len(before):
        check_code(Ran(process.returncode, said, "", results[-1:]), 0)
    else:
        assert process.returncode == 0, said
    assert "Traceback" not in said
    return said


def port_of(words: list[str], web: str) -> int | None:
    """Where it can be reached, if it goes on until it is interrupted."""
    if words[1:2] == ["serve"]:
        return int(words[words.index("--port") + 1])
    is_page = words[0] == "locust" or words[:2] == ["stt-load", "run"]
    return int(web) if is_page and "--headless" not in words and not {"-l", "--help"} & {*words} else None


def until_it_answers(process: subprocess.Popen[str], port: int) -> None:
    """Not only listens: Locust can't be stopped well between the two."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            time.sleep(0.05)
            continue
        return
    raise AssertionError("it does not answer")


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if "yaml" in languages(one)])
def test_every_snippet_of_configuration_loads(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # where the recordings are that one may name
    for snippet in blocks(document, "yaml"):
        file = tmp_path / "config.yaml"
        file.write_text(snippet, encoding="utf-8")
        used = [preset.text(name) for name in preset.NAMES if f"preset: {name}\n" in snippet]
        named = {name for found in VARIABLE.findall("".join([snippet, *used])) for name in found if name}
        load(file, environ=os.environ | dict.fromkeys(named, "x"))


@pytest.mark.parametrize("document", READMES)
def test_the_readmes_show_configuration(document: str) -> None:
    assert len(blocks(document, "yaml")) >= 2


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_says_what_it_is(document: str) -> None:
    """Those of each language are tried: shell, configuration and Python by tests, and the others are no commands."""
    drawn = {""} if document == "ARCHITECTURE.md" else set()
    assert languages(document) <= {"sh", "console", "yaml", "text"} | CODE.get(document, set()) | drawn
    for block in blocks(document, "console"):
        assert {line.split()[0] for line in commands(block)} <= NOT_HERE


@pytest.mark.parametrize("document", [*DOCUMENTS, "benchmarks/README.md"])
def test_no_link_is_dead(document: str) -> None:
    """Inside the repository: the file is there, and has the heading."""
    for link in links(document):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / document).parent / path).resolve() if path else ROOT / document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.relative_to(ROOT).as_posix()), link


def test_every_document_is_in_the_index() -> None:
    named = {link.partition("#")[0] for link in links("docs/README.md")}
    beside = {path.name for path in (ROOT / "docs").glob("*") if path.suffix in (".md", "")} - {"README.md"}
    assert beside <= {name.rstrip("/") for name in named}


def test_the_architecture_names_every_room_and_module_and_no_other() -> None:
    text, package = text_of("ARCHITECTURE.md"), ROOT / "stt_load"
    modules = [path.relative_to(package) for path in package.rglob("*.py") if not path.stem.startswith("__")]
    told_whole = ("server", "selftest", "wire")  # each by its room alone
    missing = {path.as_posix() for path in modules if path.parts[0] not in told_whole and f"`{path.stem}" not in text}
    missing -= {path.as_posix() for path in modules if f"`{path.as_posix()}`" in text}
    missing |= {f"{path.name}/" for path in package.glob("*/") if f"`{path.name}/`" not in text} - {"__pycache__/"}
    assert not missing
    named = {Path(name) for name in re.findall(r"`([a-z_]+/[a-z_0-9/]+\.(?:py|toml))`", text)}
    assert not {name for name in named if not (package / name).exists() and not (ROOT / name).exists()}
