"""`stt-load` as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stt_load import __version__
from stt_load.cli import main
from stt_load.config import Config, effective
from stt_load.config.options import OPTIONS

FOREIGN = {option.env for option in OPTIONS} | {"LOCUST_USERS", "LOCUST_HOST", "CONFIG_PATH"}
HYGIENE = """
import sys
from stt_load.cli import main
try:
    main(["--help"])
finally:
    heavy = {"pydantic", "numpy", "aiohttp", "gevent", "locust", "yaml"} & set(sys.modules)
    assert not heavy, heavy
"""

BECOMES = """
import os, sys
before = set(sys.modules)
from stt_load.cli import main
os.execv = lambda *_: os._exit(bool({"argparse", "typing", "tempfile", "tomllib"} & set(sys.modules) - before))
main(["run", "--headless"])
"""


def stt_load(*argv: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: text for name, text in os.environ.items() if not name.startswith(("STT_LOAD_", "LOCUST_", "CONFIG_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "stt_load.cli", *argv],
        cwd=cwd,
        env=clean | {"PYTHONIOENCODING": "utf-8"} | environ,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_check_config_prints_what_is_in_effect(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("seed: 3\napi: {base_url: 'http://me:hunter2@h'}\n")
    environ = {"CONFIG_PATH": "mine.yaml", "STT_LOAD_SEED": "4", "STT_LOAD_MODEL": "é"}
    done = stt_load("check-config", "--model", "ü", "-u", "1e1", cwd=tmp_path, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# mine.yaml, as it is in effect\n")
    for line in ("seed: 4", "  model: ü", "concurrent_requests: 10", "  base_url: http://***@h"):
        assert line in done.stdout.splitlines()
    assert sorted(tmp_path.iterdir()) == [tmp_path / "mine.yaml"]


def test_check_config_tells_all_faults(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("seed: x\nsave_path: gone/r.json\n")
    done = stt_load("check-config", "--drain", "y", cwd=tmp_path, STT_LOAD_WAIT_READY="-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "config.yaml: 2 problems",
        "  line 1, seed: x is a text; choose a whole number from 0 to 9007199254740991, or null",
        "  line 2, save_path: gone/r.json is in a directory that doesn't exist (gone); "
        "choose a file in a directory that can be written to",
        "--drain: 1 problem",
        "  drain_s: y is a text; choose a number from 0 to 1000000, or null",
        "STT_LOAD_WAIT_READY: 1 problem",
        "  wait_ready: -1 is too small; choose a number from 0 to 1000000",
    ]


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", HYGIENE], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("check-config", "options", "report", "serve"):
        assert name in done.stdout


def test_what_becomes_locust_imports_little_before() -> None:
    done = subprocess.run([sys.executable, "-c", BECOMES], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_and_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for argv, code, out, err in [
        (["--version"], 0, f"stt-load {__version__}\n", ""),
        (["--version", "run"], 0, f"stt-load {__version__}\n", ""),
        (["--nonsense", "run"], 2, "", "usage: stt-load"),
        ([], 2, "", "usage: stt-load"),
        (["nonsense"], 2, "", "usage: stt-load"),
        (["check-config", "a", "b"], 2, "", "usage: stt-load"),
    ]:
        with pytest.raises(SystemExit) as ended:
            main(argv)
        printed = capsys.readouterr()
        assert (ended.value.code, printed.out) == (code, out)
        assert printed.err.startswith(err)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["prob"], "there is no command `prob`; did you mean `stt-load probe`?"),
        (["server", "--port", "1"], "there is no command `server`; did you mean `stt-load serve`?"),
        (["check"], "there is no command `check`; did you mean `stt-load check-config`?"),
        (["help"], "there is no command `help`; did you mean `stt-load --help`?"),
        (["xyzzy"], "there is no command `xyzzy`; choose one of init, run, "),
        (["--headless", "-H", "http://h"], "did you mean `stt-load run --headless -H http://h`?"),
    ],
)
def test_a_misspelt_command_is_told_what_was_meant(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["probe", "--audio-lenght", "3"], "there is no option --audio-lenght; did you mean --audio-duration?"),
        (["check-config", "--url", "http://h"], "there is no option --url; did you mean --host?"),
        (["serve", "--audio-lenght=3"], "there is no option --audio-lenght\n"),
        (["report", "x.json", "--jsn"], "there is no option --jsn; did you mean --json?"),
        (["check-config", "a", "b"], "unrecognized arguments: b"),
    ],
)
def test_a_misspelt_option_is_told_what_was_meant(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_the_effective_default_is_the_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FOREIGN & os.environ.keys():
        monkeypatch.delenv(name)
    file = tmp_path / "empty.yaml"
    file.touch()
    assert main(["check-config", str(file)]) == 0
    assert capsys.readouterr().out == f"# {file}, as it is in effect\n{effective(Config())}"


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe that can break")
@pytest.mark.parametrize("argv", [["options"], ["--help"]])
def test_a_reader_that_goes_away_gets_no_traceback(argv: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    # Unbuffered, argparse itself would swallow the error.
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "stt_load.cli", *argv]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environ, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_ctrl_c_is_an_exit_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("stt_load.config.preset.run", stopped)
    assert main(["presets"]) == 130
    assert capsys.readouterr() == ("", "")
