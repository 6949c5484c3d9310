"""`stt-load init`, called."""

from __future__ import annotations

from pathlib import Path

import pytest

import stt_load
from stt_load.cli import main
from stt_load.config import load
from stt_load.config.starting_file import text

ROOT = Path(__file__).parents[2]
LOCUSTFILE = (Path(stt_load.__file__).parent / "project" / "locustfile.py").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    return tmp_path


def files() -> dict[str, str]:
    return {str(path): path.read_text(encoding="utf-8") for path in Path().rglob("*") if path.is_file()}


def test_it_writes_what_a_folder_needs_and_says_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert files() == {"config.yaml": text(), "locustfile.py": LOCUSTFILE}
    assert capsys.readouterr().out == "Written: config.yaml, locustfile.py\nNext: locust --headless\n"


def test_this_repository_begins_with_the_same_files() -> None:
    again = f"`cd {ROOT} && stt-load init --force` makes them"
    assert (ROOT / "config.yaml").read_text(encoding="utf-8") == text(), again
    assert (ROOT / "locustfile.py").read_text(encoding="utf-8") == LOCUSTFILE, again


def test_a_preset_and_a_url_are_filled_in_in_a_folder_that_it_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--preset", "whisper-cpp", "--url", "http://127.0.0.1:9000", "new/one"]) == 0
    loaded = load(Path("new/one/config.yaml"), environ={})
    assert (loaded.config.api.preset, loaded.config.api.endpoint) == ("whisper-cpp", "/inference")
    assert loaded.config.api.base_url == "http://127.0.0.1:9000"
    assert capsys.readouterr().out.endswith("Next: cd new/one && locust --headless\n")


def test_what_is_missing_before_the_first_run_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--preset", "deepgram"]) == 0
    assert "Before the first run:\n  preset deepgram: api.headers.Authorization: " in (
        said := capsys.readouterr().out
    )
    assert "DEEPGRAM_API_KEY, which is not set in the environment" in said


def test_what_is_there_is_left_alone_and_what_is_missing_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("locustfile.py").write_text("mine", encoding="utf-8")
    assert main(["init"]) == 0
    assert files() == {"locustfile.py": "mine", "config.yaml": text()}
    assert capsys.readouterr().out == (
        "Written: config.yaml\nThere already, and left alone: locustfile.py\nNext: stt-load run --headless\n"
    )


def test_a_locustfile_that_installs_ours_is_what_locust_runs(capsys: pytest.CaptureFixture[str]) -> None:
    Path("locustfile.py").write_text("from stt_load import install\ninstall()\n", encoding="utf-8")
    assert main(["init"]) == 0
    assert capsys.readouterr().out.endswith("\nNext: locust --headless\n")


def test_where_nothing_is_missing_or_what_is_given_has_no_place_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.yaml").write_text("seed: 1", encoding="utf-8")
    assert main(["init", "--url", "http://h"]) == 2
    advice = "there already; choose another folder, or --force to write anew"
    assert capsys.readouterr().err == f"stt-load: config.yaml: {advice}\n"
    Path("locustfile.py").write_text("mine", encoding="utf-8")
    assert main(["init"]) == 2
    assert capsys.readouterr().err == f"stt-load: config.yaml and locustfile.py: {advice}\n"
    assert files() == {"config.yaml": "seed: 1", "locustfile.py": "mine"}


def test_force_keeps_what_was_there_under_another_name(capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        Path("config.yaml").write_text(f"seed: {number}", encoding="utf-8")
        assert main(["init", "--force"]) == 0
    assert files()["config.yaml"] == text()
    kept = [path for path in sorted(files()) if ".bak" in path]
    assert sorted(files()[path] for path in kept) == ["seed: 1", "seed: 2"]
    assert f"Kept: {kept[0]}\n" in capsys.readouterr().out


def test_nothing_is_written_for_a_url_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--url", "127.0.0.1:8000"]) == 2
    assert files() == {}
    assert "--url: 127.0.0.1:8000 has no scheme; did you mean `http://127.0.0.1:8000`?" in capsys.readouterr().err


def test_a_password_is_not_written_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--url", "http://me:hunter2@h"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("stt-load: --url: http://***@h has a password")
    assert "LOCUST_HOST" in err
    assert list(Path().iterdir()) == []


def test_a_folder_that_can_not_be_made_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").touch()
    assert main(["init", "taken/in"]) == 2
    assert "taken/in: can't be written: Not a directory; choose another folder" in capsys.readouterr().err
