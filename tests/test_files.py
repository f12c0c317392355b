"""Files are written whole or not at all, several as one, and nothing that stood there is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xl_cryptoai import files
from xl_cryptoai.cli import main
from xl_cryptoai.errors import FileRefusedError
from xl_cryptoai.files import JOURNAL, PART, backup_of, write_atomically, write_together

ROOT = Path(__file__).parents[1]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has none of these")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# What stands there already -----------------------------------------------------------------------


def test_a_file_that_exists_is_refused_without_force(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(FileRefusedError, match="exists; give --force"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


def test_what_is_replaced_is_kept_beside_it_as_one_backup(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    for content in (b"first", b"second", b"third"):
        write_atomically(path, content, force=True)
    assert path.read_bytes() == b"third" and backup_of(path).read_bytes() == b"second"
    assert names_in(tmp_path) == ["book.backup.xlsx", "book.xlsx"]


def test_a_file_that_holds_the_same_already_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"same")
    before = path.stat().st_mtime_ns
    write_atomically(path, b"same", force=True)
    assert path.stat().st_mtime_ns == before and names_in(tmp_path) == ["book.xlsx"]


def test_a_file_that_nobody_needs_any_more_is_replaced_without_being_asked_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"built")
    write_together({path: b"new"}, replaceable=lambda one: one.read_bytes() == b"built")
    assert path.read_bytes() == b"new" and names_in(tmp_path) == ["book.xlsx"]


@POSIX
def test_permissions_of_a_file_stay_when_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(path, b"new", force=True)
    assert path.stat().st_mode & 0o777 == 0o640
    assert backup_of(path).stat().st_mode & 0o777 == 0o640


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_the_owner_of_a_file_stays_when_root_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    os.chown(path, 1234, 1234)
    write_atomically(path, b"new", force=True)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1234)


@POSIX
def test_of_a_symbolic_link_the_file_behind_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "book.xlsx", tmp_path / "link.xlsx"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_atomically(link, b"new", force=True)
    assert link.is_symlink() and real.read_bytes() == b"new"
    assert names_in(tmp_path / "real") == ["book.backup.xlsx", "book.xlsx"]


@POSIX
@pytest.mark.parametrize("kind", ["a pipe", "a device"])
def test_a_pipe_or_a_device_is_never_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "fifo" if kind == "a pipe" else Path(os.devnull)
    if kind == "a pipe":
        os.mkfifo(path)
    with pytest.raises(FileRefusedError, match="a device, a pipe or a socket"):
        write_atomically(path, b"new", force=True)


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="is a folder"):
        write_atomically(tmp_path, b"new", force=True)


@pytest.mark.parametrize("lock", ["~$book.xlsx", ".~lock.book.xlsx#"])
def test_a_workbook_that_is_open_in_a_spreadsheet_is_not_replaced(
    tmp_path: Path, lock: str
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    (tmp_path / lock).touch()
    with pytest.raises(FileRefusedError, match="is open in a spreadsheet program") as refusal:
        write_atomically(path, b"new", force=True)
    assert lock in str(refusal.value)


@pytest.mark.parametrize(
    "command",
    [
        ["trace", "BOOK", "total", "--out", "BOOK", "--force"],
        ["audit", "BOOK", "--format", "json", "--out", "BOOK", "--force"],
        ["merge", "BOOK", "BOOK", "BOOK", "--out", "BOOK", "--force"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_writes_over_what_it_reads(capsys, tmp_path: Path, command: list[str]) -> None:
    book = tmp_path / "book.xlsx"
    content = (ROOT / "workbooks" / "crypto_ai_revenue_plain.xlsx").read_bytes()
    book.write_bytes(content)
    code = main([str(book) if word == "BOOK" else word for word in command])
    assert code == 2 and "is an input of this command" in capsys.readouterr().err
    assert book.read_bytes() == content


# All or none -------------------------------------------------------------------------------------


def test_if_one_of_several_may_not_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"old")
    with pytest.raises(FileRefusedError, match="exists"):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names_in(tmp_path) == ["b"]


def test_an_error_while_writing_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(FileRefusedError, match="No space left on device"):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names_in(tmp_path) == []


def test_an_interrupt_between_two_files_does_not_leave_one_old_and_one_new(
    tmp_path: Path, monkeypatch
) -> None:
    move, moved = files._move, []

    def interrupted(folder: Path, part: str, name: str) -> None:
        move(folder, part, name)
        moved.append(name)
        if moved == [JOURNAL, "a"]:
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "_move", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names_in(tmp_path) == ["a", "b"]


def test_a_file_that_cannot_be_moved_is_named_with_those_that_are_written_already(
    tmp_path: Path, monkeypatch
) -> None:
    move = files._move

    def denied(folder: Path, part: str, name: str) -> None:
        if name == "b":
            raise PermissionError(13, "Permission denied")
        move(folder, part, name)

    monkeypatch.setattr(files, "_move", denied)
    with pytest.raises(FileRefusedError, match=r"b cannot be written \(.*\); written already: a;"):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names_in(tmp_path) == ["a"]


def test_what_a_killed_process_has_begun_to_move_is_finished_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"new")
    (tmp_path / f".b.1{PART}").write_bytes(b"new")
    (tmp_path / "b").write_bytes(b"old")
    time.sleep(0.02)  # the journal is written last
    (tmp_path / JOURNAL).write_text(
        json.dumps([[f".a.1{PART}", "a"], [f".b.1{PART}", "b"]]), encoding="utf-8"
    )
    write_atomically(tmp_path / "c", b"new")
    assert {name: (tmp_path / name).read_bytes() for name in names_in(tmp_path)} == {
        "a": b"new", "b": b"new", "c": b"new",
    }  # fmt: skip


def test_what_somebody_has_saved_since_the_kill_is_not_replaced_by_the_next(tmp_path: Path) -> None:
    (tmp_path / f".b.1{PART}").write_bytes(b"new")
    (tmp_path / JOURNAL).write_text(json.dumps([[f".b.1{PART}", "b"]]), encoding="utf-8")
    time.sleep(0.02)
    (tmp_path / "b").write_bytes(b"saved by a person")
    write_atomically(tmp_path / "c", b"new")
    assert names_in(tmp_path) == ["b", "c"]
    assert (tmp_path / "b").read_bytes() == b"saved by a person"


@pytest.mark.parametrize("words", ["", "[1]", '[["../x", "y"]]', f'[["..{os.sep}x{PART}", "/y"]]'])
def test_a_journal_that_is_none_moves_nothing(tmp_path: Path, words: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "x").write_bytes(b"x")
    (tmp_path / f"x{PART}").write_bytes(b"x")
    (folder / JOURNAL).write_text(words, encoding="utf-8")
    write_atomically(folder / "c", b"new")
    assert names_in(folder) == ["c"]
    assert names_in(tmp_path) == ["folder", "x", f"x{PART}"]


@POSIX
def test_a_file_that_another_process_is_writing_is_left_to_it(tmp_path: Path) -> None:
    with files._part(tmp_path, "a") as part:
        write_atomically(tmp_path / "b", b"new")
        assert Path(part.name).exists()
    assert names_in(tmp_path) == ["b"]


WRITER = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it may be ignored
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
import sys
from pathlib import Path
from xl_cryptoai.cli import run
from xl_cryptoai import cli, files
def main():
    with files._part(Path(sys.argv[1]), "book.xlsx") as part:
        part.write(b"half")
        part.flush()
        print("writing", flush=True)
        import time
        time.sleep(60)
cli.main = main
run()
"""


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
def test_unfinished_files_are_gone_after_a_signal_or_with_the_next_command(
    tmp_path: Path, name: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdout.readline() == "writing\n"
        assert len(names_in(tmp_path)) == 1
        process.send_signal(getattr(signal, name))
        process.wait(20)
    if name == "SIGKILL":
        write_atomically(tmp_path / "next", b"")
        (tmp_path / "next").unlink()
    assert names_in(tmp_path) == []
