"""What docs/deploy has: no engine builds it here, so each file is read, and what it says is done in a folder."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
import venv
import xml.etree.ElementTree as ET
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from stt_load.config import load
from tests.markdown import ROOT
from tests.ports import free_port
from tests.processes.running import Ran, check_code, environment, rows, saved
from tests.processes.truth import logged_server

DEPLOY = ROOT / "docs" / "deploy"
HOME, RESULTS = "/home/locust", "/results"
SERVICE = "http://stt.default.svc:8000"
QUICK = {"overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0}


def manifests(file: str) -> dict[tuple[str, str], dict[str, Any]]:
    """By kind and name."""
    parts = yaml.safe_load_all((DEPLOY / file).read_text(encoding="utf-8"))
    return {(part["kind"], part["metadata"]["name"]): part for part in parts}


def instructions() -> list[tuple[str, str]]:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    told = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in told]


def test_the_image_is_locusts_own_in_a_version_that_fits() -> None:
    (base,) = (rest for word, rest in instructions() if word == "FROM")
    name, _, version = base.partition(":")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (needed,) = (Requirement(one) for one in project["dependencies"] if one.startswith("locust"))
    assert name == "locustio/locust"
    assert needed.specifier.contains(version)


def test_the_image_runs_as_somebody_and_can_be_reached() -> None:
    users = [rest for word, rest in instructions() if word == "USER"]
    assert users[-1] == "1000", "a number, so that Kubernetes can tell that it is not root"
    assert ("ENV", "LOCUST_WEB_HOST=* LOCUST_MASTER_BIND_HOST=*") in instructions()
    assert instructions()[-1] == ("ENTRYPOINT", '["locust"]')


def test_the_jobs_and_the_image_fit_each_other() -> None:
    named = manifests("kubernetes.yaml")
    assert {kind for kind, _ in named} == {"ConfigMap", "Service", "PersistentVolumeClaim", "Job"}
    master = named["Job", "stt-load-master"]["spec"]["template"]
    workers = named["Job", "stt-load-workers"]
    assert master["metadata"]["labels"] == named["Service", "stt-load-master"]["spec"]["selector"]
    (container,) = master["spec"]["containers"]
    assert f"--expect-workers={workers['spec']['parallelism']}" in container["args"]
    assert "--master-bind-host=*" in container["args"], "its workers are on other machines"
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {f"{HOME}/config.yaml", RESULTS}


@pytest.mark.parametrize(
    ("file", "config_map", "key"),
    [("kubernetes.yaml", "stt-load", "STT_API_KEY"), ("locusttest.yaml", "stt-load-operated", None)],
)
def test_the_configuration_in_a_manifest_loads(tmp_path: Path, file: str, config_map: str, key: str | None) -> None:
    text = manifests(file)["ConfigMap", config_map]["data"]["config.yaml"]
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    config = load(tmp_path / "config.yaml", environ={}, speaks=False).config
    assert (config.api.api_key_env, config.api.base_url) == (key, SERVICE)
    assert str(config.save_path).startswith(RESULTS + "/")


# The fields of the operator's LocustTest, as its definition has them (locustio/k8s-operator, 0.1.6): what else stands
# in a manifest is dropped without a word.
FIELDS = {
    "image": str,
    "imagePullPolicy": str,
    "imagePullSecrets": list,
    "workers": int,
    "args": str,
    "env": list,
    "master": {"labels": dict, "annotations": dict, "resources": {"requests": dict, "limits": dict}},
    "worker": {"labels": dict, "annotations": dict, "resources": {"requests": dict, "limits": dict}},
    "locustfile": {"configMap": {"name": str}},
    "labels": dict,
    "annotations": dict,
    "metrics": {"intervalSeconds": int},
}


def test_the_operator_knows_every_field() -> None:
    named = manifests("locusttest.yaml")
    test = named["LocustTest", "stt-load"]
    assert test["apiVersion"] == "locust.io/v1"
    check_fields(test["spec"], FIELDS)
    assert ("ConfigMap", test["spec"]["locustfile"]["configMap"]["name"]) in named
    assert f"--expect-workers={test['spec']['workers']}" in test["spec"]["args"]


def check_fields(given: dict[str, Any], known: dict[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(known[name], dict):
            check_fields(value, known[name])
        else:
            assert isinstance(value, known[name]), name


@pytest.mark.locust
def test_master_and_workers_run_as_the_operator_starts_them(tmp_path: Path) -> None:
    """With the same arguments for both, in a folder that has the ConfigMap's files and can't be written to."""
    named = manifests("locusttest.yaml")
    spec, home = named["LocustTest", "stt-load"]["spec"], tmp_path / "home"
    home.mkdir()
    args = shlex.split(spec["args"].replace(f"--expect-workers={spec['workers']}", "--expect-workers=1"))
    port, web = str(free_port()), str(free_port())
    ports = {"LOCUST_MASTER_BIND_PORT": port, "LOCUST_MASTER_NODE_PORT": port, "LOCUST_WEB_PORT": web}
    with logged_server(tmp_path, **QUICK) as server:
        for name, text in named["ConfigMap", "stt-load-operated"]["data"].items():
            quick = text.replace("2_000", "40").replace("warmup_requests: 100", "warmup_requests: 4")
            here = quick.replace("requests: 50", "requests: 4").replace(SERVICE, server.url)
            (home / name).write_text(here.replace(RESULTS, str(tmp_path)), encoding="utf-8")
        # Locust quits by itself here, and not in a cluster, where somebody wants to see the page.
        roles = [["--master", *args, "--autoquit=0"], ["--worker", "--master-host", "127.0.0.1", *args]]
        locust = str(Path(sys.executable).parent / "locust")
        started = [
            subprocess.Popen([locust, *words], cwd=home, env=environment() | ports, stderr=subprocess.PIPE, text=True)
            for words in roles
        ]
        said = [process.communicate(timeout=60)[1] for process in started]
    (result,) = saved(tmp_path, "result.json")
    check_code(Ran(started[0].returncode, "", said[0], [result]), 0)
    assert len(rows(result, "measured")) == 36
    assert "Traceback" not in "".join(said)


@pytest.mark.slow
@pytest.mark.locust
def test_what_the_dockerfile_does_makes_an_installation_that_runs(tmp_path: Path) -> None:
    """Its steps with a virtual environment and folders of this test in the place of those of the image."""
    made = tmp_path / "venv"
    venv.create(made, with_pip=True)
    results = tmp_path / "results"
    places = {
        "/opt/venv": made,
        HOME: tmp_path / "home",
        RESULTS: results,
        "/tmp/stt-load": tmp_path / "src",
    }
    (tmp_path / "home").mkdir()
    (tmp_path / "bin").mkdir()
    chown = tmp_path / "bin" / "chown"  # there is no such user here
    chown.write_text("#!/bin/sh\n")
    chown.chmod(0o755)
    environ = environment() | {"PATH": f"{chown.parent}:{made / 'bin'}:{os.environ['PATH']}"}
    for word, rest in instructions():
        if word == "FROM":
            shell(f"pip install -q locust=={rest.partition(':')[2]}", environ)
        for place, instead in places.items():
            rest = rest.replace(place, str(instead))
        if word == "COPY":
            copy(rest.split())
        elif word == "RUN":
            shell(rest, environ)
    package = next(made.glob("lib/python*/site-packages/stt_load"))
    assert (package / "__pycache__").is_dir(), "bytecode is compiled once, when the image is built"
    ran = subprocess.run(
        [
            made / "bin" / "locust",
            "--headless",
            "--total-requests",
            "20",
            "--save-path",
            results / "r.json",
        ],
        cwd=tmp_path / "home",
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    check_code(Ran(ran.returncode, ran.stdout, ran.stderr, saved(results, "r.json")), 0)


def shell(line: str, environ: dict[str, str]) -> None:
    done = subprocess.run(["sh", "-c", line], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (line, done.stdout, done.stderr)


def copy(words: list[str]) -> None:
    *sources, target = words
    for source in map(ROOT.joinpath, sources):
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            Path(target).mkdir(exist_ok=True)
            shutil.copy(source, target)


def workflow_steps() -> list[dict[str, Any]]:
    text = (DEPLOY / "github-workflow.yaml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    return steps


def gitlab_job() -> dict[str, Any]:
    (job,) = yaml.safe_load((DEPLOY / "gitlab-ci.yml").read_text(encoding="utf-8")).values()
    assert isinstance(job, dict)
    return job


def failing_service(folder: Path) -> AbstractContextManager[Any]:
    """A service that fails, and a configuration that sends it a little."""
    return logged_server(folder, **QUICK, error_rate=1.0)


def configure(folder: Path, url: str) -> None:
    (folder / "config.yaml").write_text(f"total_requests: 8\nwarmup_requests: 2\napi: {{base_url: '{url}'}}\n")


def test_the_workflow_keeps_what_was_measured_however_the_run_ends() -> None:
    *_, last = workflow_steps()
    assert last["uses"].startswith("actions/upload-artifact@")
    assert last["if"] == "always()"
    assert {"result*.json", "*.partial.jsonl", "report.html", "junit.xml"} <= {*last["with"]["path"].split()}


def test_the_job_keeps_what_was_measured_however_the_run_ends() -> None:
    artifacts = gitlab_job()["artifacts"]
    assert artifacts["when"] == "always"
    assert {"result*.json", "*.partial.jsonl", "report.html", "report.md"} <= {*artifacts["paths"]}
    assert artifacts["reports"] == {"junit": "junit.xml"}


@pytest.mark.locust
def test_the_workflows_steps_run_and_fail_where_the_run_does(tmp_path: Path) -> None:
    steps = [step for step in workflow_steps() if "run" in step and not step["run"].startswith("pip ")]
    with failing_service(tmp_path) as server:
        configure(tmp_path, server.url)
        codes = [in_bash(step, tmp_path) for step in steps]
    assert codes == [0, 3]
    assert saved(tmp_path, "result.json")
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert summary.startswith("## ")
    assert "| \N{CROSS MARK} | error" in summary
    assert "- \N{NO ENTRY} `complete`: Stopped: the service gave no good answer" in summary
    assert int(ET.parse(tmp_path / "junit.xml").getroot().get("errors", "")) >= 1


@pytest.mark.slow
@pytest.mark.locust
def test_the_jobs_commands_run_and_fail_where_the_run_does(tmp_path: Path) -> None:
    job = gitlab_job()
    commands = [line for line in (*job["script"], *job["after_script"]) if not line.startswith("pip ")]
    with failing_service(tmp_path) as server:
        configure(tmp_path, server.url)
        codes = [in_bash({"run": line}, tmp_path) for line in commands]
    assert codes == [0, 3, 0]
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("## ")
    assert int(ET.parse(tmp_path / "junit.xml").getroot().get("errors", "")) >= 1


def in_bash(step: dict[str, Any], folder: Path) -> int:
    """As GitHub runs it: by `bash -e`, and with `-o pipefail` where the step names its shell."""
    options = ["-eo", "pipefail"] if step.get("shell") == "bash" else ["-e"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = environment() | {
        "PATH": path,
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_ACTIONS": "true",
    }
    return subprocess.run(["bash", *options, "-c", step["run"]], cwd=folder, env=environ, check=False).returncode
