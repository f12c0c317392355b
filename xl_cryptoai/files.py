"""Writing files: whole or not at all, several as one, and nothing lost that stood there before.

Files are written beside their places as *parts*; a *journal* in the folder then lists which part
goes where, and the parts are moved. A process that is killed before the journal stands has changed
nothing. One that is killed later leaves the moves to the next command that writes into the folder.
That one also removes parts that nobody writes any more.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from xl_cryptoai.errors import FileRefusedError

PART = ".xl-cryptoai-part"
"""How the names of unfinished files end."""
JOURNAL = ".xl-cryptoai-journal"
"""The file that lists which part goes where."""


def check_free(path: Path, *, force: bool, inputs: Iterable[Path] = ()) -> None:
    """Refuse to go on if a file cannot or must not be written.

    Parameters
    ----------
    path : Path
        What is to be written; of a symbolic link, the file that it points to.
    force : bool
        Whether a file that stands there may be replaced.
    inputs : iterable of Path
        Files that the command reads; none of them is ever replaced.

    Raises
    ------
    FileRefusedError
        Saying which file it is and what to do.
    """
    if path.is_dir():
        raise FileRefusedError(f"{path} is a folder; give the path of a file")
    if not path.exists():
        return
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileRefusedError(f"{path} is a device, a pipe or a socket; give the path of a file")
    if any(other.exists() and path.samefile(other) for other in inputs):
        raise FileRefusedError(f"{path} is an input of this command; write to another file")
    if not force:
        raise FileRefusedError(
            f"{path} exists; give --force to replace it (it is kept as {backup_of(path).name}), "
            "or another path"
        )
    if lock := _lock_beside(path):
        raise FileRefusedError(
            f"{path} is open in a spreadsheet program; close it there, or delete {lock.name} if "
            "no program has it open"
        )
    try:
        path.open("r+b").close()  # fails where the file is protected, or open on Windows
    except OSError as error:
        raise _refused(path, error) from None


def write_atomically(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write a file so that readers see the old one or the whole new one; see `write_together`."""
    write_together({path: content}, force=force)


def write_together(
    contents: Mapping[Path, bytes],
    *,
    force: bool = False,
    replaceable: Callable[[Path], bool] = lambda _: False,
) -> None:
    """Write files of one folder: all of them or none, also if the process is killed.

    Permissions and owner of a file that is replaced stay. It is kept beside the new one as
    `name.backup.ext`, unless nobody needs it any more.

    Parameters
    ----------
    contents : mapping of Path to bytes
        The files.
    force : bool
        Whether files that stand there may be replaced.
    replaceable : callable
        Whether a file that stands there may be replaced without being asked for and without a
        backup: nobody has changed it since it was built.

    Raises
    ------
    FileRefusedError
        If a file exists and may not be replaced, or cannot be written. Then none is written.
    """
    by_folder: dict[Path, dict[Path, bytes]] = {}
    kept: list[Path] = []
    for path, content in contents.items():
        there, target = path.is_file(), path.resolve()
        if there and path.read_bytes() == content:
            continue
        unneeded = there and replaceable(path)
        check_free(path, force=force or unneeded)
        by_folder.setdefault(target.parent, {})[target] = content
        if there and not unneeded:
            kept.append(target)
    for folder, files in by_folder.items():
        _write_into(folder, files, [path for path in kept if path in files])


def backup_of(path: Path) -> Path:
    """Return where a file is kept that is replaced.

    >>> backup_of(Path("book.xlsx")).name
    'book.backup.xlsx'
    """
    return path.with_name(f"{path.stem}.backup{path.suffix}")


def _write_into(folder: Path, files: Mapping[Path, bytes], kept: Iterable[Path]) -> None:
    with contextlib.ExitStack() as stack:
        moves: list[tuple[str, str]] = []
        at = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _recover(folder)
            for at in kept:
                part = stack.enter_context(_part(folder, at.name))
                with at.open("rb") as old:
                    shutil.copyfileobj(old, part)
                moves.append(_finished(part, backup_of(at), like=at))
            for at, content in files.items():
                part = stack.enter_context(_part(folder, at.name))
                part.write(content)
                moves.append(_finished(part, at, like=at))
            if len(moves) > 1:
                at = folder / JOURNAL
                part = stack.enter_context(_part(folder, JOURNAL))
                part.write(json.dumps(moves).encode())
                name, _ = _finished(part, at, like=at)
                _move(folder, name, JOURNAL)
        except OSError as error:
            raise _refused(at, error) from None
        try:
            _finish(folder, moves)
        except FileRefusedError:
            (folder / JOURNAL).unlink(missing_ok=True)  # its parts go, too
            raise
        except BaseException:  # an interrupt between two moves: the others follow all the same
            _finish(folder, moves)
            raise


@contextlib.contextmanager
def _part(folder: Path, name: str) -> Iterator[IO[bytes]]:
    """Open an unfinished file; locked while it is being written, gone at the end if it still is."""
    # the name is known before the file is there: whenever an interrupt comes, the file is removed
    path = str(folder / f".{name}.{secrets.token_hex(8)}{PART}")
    try:
        with open(path, "xb", opener=_private) as stream:  # its name is the path
            _lock(stream)
            yield stream
    finally:
        Path(path).unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _finished(part: IO[bytes], target: Path, like: Path) -> tuple[str, str]:
    """Write a part to the disk with the mode and owner of another file; return its move."""
    part.flush()
    os.fsync(part.fileno())
    path = Path(part.name)
    if like.exists():
        old = like.stat()
        path.chmod(stat.S_IMODE(old.st_mode))
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):  # only root gives files away
                os.chown(path, old.st_uid, old.st_gid)
    else:
        # parts are private; a workbook is shared, so it gets the usual permissions
        umask = os.umask(0)
        os.umask(umask)
        path.chmod(0o666 & ~umask)
    if os.name == "nt":
        part.close()  # an open file cannot be moved there
    return path.name, target.name


def _finish(folder: Path, moves: Iterable[tuple[str, str]]) -> None:
    """Move the parts that are still there, and remove the journal."""
    done: list[str] = []
    for part, name in moves:
        try:
            if (folder / part).exists():
                _move(folder, part, name)
                done.append(name)
        except OSError as error:
            also = f"; written already: {', '.join(done)}" if done else ""
            raise _refused(folder / name, error, also) from None
    (folder / JOURNAL).unlink(missing_ok=True)


def _move(folder: Path, part: str, name: str) -> None:
    (folder / part).replace(folder / name)


def _recover(folder: Path) -> None:
    """Finish what a killed process has left: its moves first, then its parts."""
    journal = folder / JOURNAL
    if journal.exists() and _is_abandoned(journal):
        try:
            moves = [(Path(part).name, Path(name).name) for part, name in json.loads(
                journal.read_text(encoding="utf-8"))]  # fmt: skip
        except (ValueError, TypeError):
            moves = []
        written = journal.stat().st_mtime
        # a file that somebody has saved since is newer than what was to replace it
        _finish(folder, [
            (part, name) for part, name in moves if part.endswith(PART)
            and not ((folder / name).exists() and (folder / name).stat().st_mtime > written)
        ])  # fmt: skip
    for part in folder.glob(f".*{PART}"):
        if _is_abandoned(part):
            with contextlib.suppress(OSError):
                part.unlink()


def _lock(stream: IO[bytes]) -> None:
    """Lock an open file for as long as this process has it open; a killed one has it no more."""
    with contextlib.suppress(ImportError, OSError):  # Windows lets nobody delete an open file
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_abandoned(path: Path) -> bool:
    """Return whether no process holds a file locked."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_beside(path: Path) -> Path | None:
    """Return the file by which Excel or LibreOffice say that they have another one open."""
    target = path.resolve()
    names = (f"~${target.name}", f".~lock.{target.name}#")
    return next((lock for name in names if (lock := target.with_name(name)).exists()), None)


def _refused(path: Path, error: OSError, also: str = "") -> FileRefusedError:
    reason = error.strerror or str(error)
    return FileRefusedError(
        f"{path} cannot be written ({reason}){also}; close it in Excel or choose another folder"
    )
