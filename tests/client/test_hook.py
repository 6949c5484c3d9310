"""`api.call`: how a function is found, and what is said of one that can't be used."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from stt_load.client.hook import HookError, load


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of the test's own, nothing of which is kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    load.cache_clear()


def write(text: str, name: str = "calls.py") -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def test_the_function_is_called_with_the_clip() -> None:
    write("def f(wav):\n    return wav.read().decode()\n")
    assert load("calls.py:f")(io.BytesIO(b"hello")) == "hello"


def test_anything_that_can_be_called_with_one_argument_will_do() -> None:
    write(
        "import functools\n"
        "class Client:\n"
        "    def __call__(self, wav, model='m'):\n"
        "        return model\n"
        "client = Client()\n"
        "partly = functools.partial(client, model='large')\n"
        "def more(*clips, **options):\n"
        "    return str(len(clips))\n"
    )
    assert load("calls.py:client")(io.BytesIO()) == "m"
    assert load("calls.py:partly")(io.BytesIO()) == "large"
    assert load("calls.py:more")(io.BytesIO()) == "1"


def test_a_function_written_in_c_may_not_say_what_it_takes() -> None:
    write("f = type\n")
    assert load("calls.py:f") is type


def test_a_file_is_imported_once() -> None:
    write("made = []\ndef f(wav):\n    made.append(1)\n    return str(len(made))\n")
    assert load("calls.py:f") is load("calls.py:f")
    assert [load("calls.py:f")(io.BytesIO()) for _ in range(2)] == ["1", "2"]


def test_it_may_import_what_stands_beside_it_and_stand_in_a_folder() -> None:
    write("WORD = 'beside'\n", "my calls/words_of_mine.py")
    write("from words_of_mine import WORD\ndef f(wav):\n    return WORD\n", "my calls/c.py")
    assert load("my calls/c.py:f")(io.BytesIO()) == "beside"
    assert sys.path[0] == str(Path("my calls").absolute())


def test_the_folder_is_not_put_there_twice() -> None:
    write("def f(wav): pass\ndef g(wav): pass\n")
    load("calls.py:f")
    load("calls.py:g")
    assert sys.path.count(str(Path.cwd())) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "there is no file "),
        ("def g(wav): pass", "there is no function `f` in calls.py"),
        ("f = 3", "there is no function `f` in calls.py"),
        ("async def f(wav): pass", "`f` is an async def, whose event loop would stop all other users"),
        ("class F:\n    async def __call__(self, wav): pass\nf = F()", "`f` is an async def"),
        ("def f(): pass", "`f` can't be called with one argument, the WAV as io.BytesIO"),
        ("def f(wav, model): pass", "`f` can't be called with one argument"),
        ("def f(*, wav): pass", "`f` can't be called with one argument"),
        ("import not_there_at_all", "can't be imported: ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("def f(wav) pass", "can't be imported: SyntaxError: "),
        ("raise RuntimeError('no key')", "can't be imported: RuntimeError: no key"),
        ("import sys\nsys.exit('no key')", "can't be imported: SystemExit: no key"),
    ],
)
def test_what_can_not_be_used_says_why(text: str | None, reason: str) -> None:
    if text is not None:
        write(text)
    with pytest.raises(HookError) as caught:
        load("calls.py:f")
    assert str(caught.value).startswith("api.call calls.py:f: ")
    assert reason in str(caught.value)


def test_a_folder_and_a_file_of_another_kind_are_no_files_of_python() -> None:
    Path("folder.py").mkdir()
    write("def f(wav): pass", "calls.txt")
    for spec in ("folder.py:f", "calls.txt:f", ":f"):
        load.cache_clear()
        with pytest.raises(HookError, match="there is no file "):
            load(spec)


def test_what_could_not_be_used_can_be_mended() -> None:
    """A failed import is not kept, as in a web UI whose test is started again."""
    write("raise RuntimeError('no key')")
    with pytest.raises(HookError):
        load("calls.py:f")
    write("def f(wav):\n    return 'mended'\n")
    assert load("calls.py:f")(io.BytesIO()) == "mended"


@pytest.mark.parametrize(("kind", "said"), [("pipe", "a named pipe"), ("device", "a device"), ("large", "1 MB")])
def test_its_file_is_an_ordinary_one_of_bounded_size(kind: str, said: str) -> None:
    path = Path("calls.py")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"#" * 2_000_000)
    with pytest.raises(HookError, match=rf"calls\.py is .*{said}.*choose a Python file"):
        load("calls.py:f")
