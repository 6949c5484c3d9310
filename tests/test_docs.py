"""The documents say what is so: every command in the READMEs runs, every snippet of configuration loads."""

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
import yaml

from stt_load.config import load
from stt_load.config.keys import keys
from stt_load.config.options import OPTIONS
from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings
from tests.ports import free_port
from tests.processes.running import Ran, check_code, environment, saved

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ko.md")
KEYS = dict.fromkeys(("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "DEEPGRAM_API_KEY"), "x")
LINK = re.compile(r"\]\((?!http)([^)#]+)[^)]*\)")


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every shell line of the READMEs once; installing is what made this test possible, and the self-test has a test
    of its own, which allows for a busy machine."""
    lines = [line for document in READMES for block in blocks(document, "sh") for line in block.splitlines() if line]
    rest = [line.partition(" && ")[2] if line.startswith("pip install ") else line for line in lines]
    return sorted({line for line in rest if line not in ("pytest", "stt-load selftest")})


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    quick = ServerSettings(overhead_s=0.05, rtf=0.0, jitter="none", cold_requests=0)
    with EmbeddedServer.start(quick) as running:
        yield running.url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("config.yaml", "locustfile.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_the_two_promised_lines_are_there() -> None:
    for document in READMES:
        lines = "".join(blocks(document, "sh")).splitlines()
        assert "pip install -e . && locust --headless" in lines
        assert "pip install -e '.[test]' && pytest" in lines


@pytest.mark.locust
@pytest.mark.parametrize("command", commands())
def test_every_command_runs(command: str, folder: Path, server: str) -> None:
    words = shlex.split(command.replace("http://127.0.0.1:8000", server).replace("8001", str(free_port())))
    web, master = str(free_port()), str(free_port())
    ports = {"LOCUST_WEB_PORT": web, "LOCUST_MASTER_BIND_PORT": master, "LOCUST_MASTER_NODE_PORT": master}
    if "report" in words:
        made = subprocess.run(
            [*program("locust"), "--headless", "-H", server, "--total-requests", "12", "--save-path", "result.json"],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        check_code(Ran(made.returncode, made.stdout, made.stderr, saved(folder, "result.json")), 0)
    process = subprocess.Popen(
        [*program(words[0]), *words[1:]],
        cwd=folder,
        env=environment() | {"LOCUST_WEB_HOST": "127.0.0.1"} | ports,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=restore_interrupt,
    )
    try:
        if words == ["locust"] or words[1:2] == ["serve"]:
            until_it_answers(process, int(web) if words == ["locust"] else int(words[words.index("--port") + 1]))
            process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=90)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if words[0] == "locust" and (results := saved(folder, "*result*.json")):
        check_code(Ran(process.returncode, said, "", results), 0)
    else:
        assert process.returncode == 0, said
    assert "Traceback" not in said


def program(name: str) -> list[str]:
    return [shutil.which(name, path=str(Path(sys.executable).parent)) or name]


def restore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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


@pytest.mark.parametrize("document", [*READMES, "docs/services.md"])
def test_every_snippet_of_configuration_loads(document: str, tmp_path: Path) -> None:
    snippets = blocks(document, "yaml")
    assert len(snippets) >= 4
    for snippet in snippets:
        file = tmp_path / "config.yaml"
        file.write_text(snippet, encoding="utf-8")
        assert load(file, environ=os.environ | KEYS).config.api.base_url != "embedded"


@pytest.mark.parametrize("document", READMES)
def test_the_table_names_every_key_its_default_and_its_option(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    flags = {option.key: option.flag for option in OPTIONS} | {"concurrent_requests": "-u", "api.base_url": "-H"}
    for path, key in keys().items():
        if key.kind != "section":
            name = ".".join(path)
            option = f"`{flags[name]}`" if name in flags else ""
            assert f"| `{name}` | `{shown(key.default, key.kind)}` | {option} |" in text, name


def shown(default: object, kind: str) -> str:
    if kind == "fields":
        return "{}"
    if default is None or isinstance(default, bool):
        return {None: "null", True: "true", False: "false"}[default]
    if isinstance(default, list):
        return f"[{', '.join(default)}]"
    return str(default)


@pytest.mark.parametrize(
    "document", [*READMES, "ARCHITECTURE.md", "CHANGELOG.md", "docs/measurement.md", "docs/performance.md"]
)
def test_no_link_is_dead(document: str) -> None:
    place = (ROOT / document).parent
    for link in LINK.findall((ROOT / document).read_text(encoding="utf-8")):
        assert (place / link).exists(), link


def test_the_architecture_names_every_room_and_module_and_no_other() -> None:
    text, package = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), ROOT / "stt_load"
    modules = [path.relative_to(package) for path in package.rglob("*.py") if not path.stem.startswith("__")]
    told_whole = ("server", "selftest", "wire")  # each by its room alone
    missing = {path.as_posix() for path in modules if path.parts[0] not in told_whole and f"`{path.stem}" not in text}
    missing -= {path.as_posix() for path in modules if f"`{path.as_posix()}`" in text}
    missing |= {f"{path.name}/" for path in package.glob("*/") if f"`{path.name}/`" not in text} - {"__pycache__/"}
    assert not missing
    named = {Path(name) for name in re.findall(r"`([a-z_]+/[a-z_0-9/]+\.(?:py|toml))`", text)}
    assert not {name for name in named if not (package / name).exists() and not (ROOT / name).exists()}


def test_the_manifests_and_the_image_fit_each_other() -> None:
    """What can be checked without a cluster: they are well-formed, and name what there is."""
    deploy = ROOT / "docs" / "deploy"
    parts = list(yaml.safe_load_all((deploy / "kubernetes.yaml").read_text(encoding="utf-8")))
    named = {(part["kind"], part["metadata"]["name"]): part for part in parts}
    assert {kind for kind, _ in named} == {"ConfigMap", "Service", "PersistentVolumeClaim", "Job"}
    master = named["Job", "stt-load-master"]["spec"]["template"]
    workers = named["Job", "stt-load-workers"]
    assert master["metadata"]["labels"] == named["Service", "stt-load-master"]["spec"]["selector"]
    (container,) = master["spec"]["containers"]
    assert f"--expect-workers={workers['spec']['parallelism']}" in container["args"]
    assert "--master-bind-host=*" in container["args"], "its workers are on other machines"
    image = (deploy / "Dockerfile").read_text(encoding="utf-8")
    assert "ENV LOCUST_WEB_HOST=* LOCUST_MASTER_BIND_HOST=*\n" in image, "nobody reaches a container's loopback"
    copied = re.findall(r"^COPY (.*) \S+$", image, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())


def test_the_configuration_in_the_manifest_loads(tmp_path: Path) -> None:
    parts = yaml.safe_load_all((ROOT / "docs" / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8"))
    text = next(part for part in parts if part["kind"] == "ConfigMap")["data"]["config.yaml"]
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    config = load(file, environ={}, speaks=False).config
    assert config.api.api_key_env == "STT_API_KEY", "which only the workers have"
