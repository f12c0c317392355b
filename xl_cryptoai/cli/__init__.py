"""The command line: parses arguments and prints; everything else happens below."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from xl_cryptoai.cli.show import say
from xl_cryptoai.errors import CryptoAIError

USAGE_ERROR = 2
PROGRAM_FAULT = 70
"""As sysexits.h has it: an internal error of the program."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; errors are one sentence on stderr, never a traceback.

    Returns
    -------
    int
        0 if all went well, 1 if a check failed, 2 for bad usage or bad input, 70 for a fault of the
        program.
    """
    import click

    from xl_cryptoai.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        # a pipe on Windows may know no more than its code page: show what it can
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        code = app(args=given or ["--help"], prog_name="xl-cryptoai", standalone_mode=False)
        sys.stdout.flush()  # here, where a reader that has gone is no error
    except click.ClickException as error:
        say(f"xl-cryptoai: {error.format_message()}", error=True)
        return USAGE_ERROR
    except CryptoAIError as error:
        from xl_cryptoai.reports.words import message

        say(f"xl-cryptoai: {message(error)}", error=True)
        return USAGE_ERROR
    except (click.Abort, KeyboardInterrupt):
        say("xl-cryptoai: interrupted", error=True)
        return USAGE_ERROR
    except BrokenPipeError:  # the reader, `head` perhaps, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left goes nowhere at the end
        return 0
    except Exception as error:  # anything else that nobody foresaw
        say(f"xl-cryptoai: {_fault(error)}", error=True)
        return PROGRAM_FAULT
    return code if isinstance(code, int) else 0


def _fault(error: Exception) -> str:
    """A fault of the program in one line, with the line of code where it happened."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name} line {last.lineno}"
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"this is a bug in the program, not in your files; please report it: {what} ({where})"


def run() -> None:
    """Entry point of the installed command.

    A command is a short process of its own, so it may set what a library must not: no helpers for
    matrices of a dozen rows, which cost a tenth of a second to start and then wait by spinning,
    and fewer searches for circles among objects that nearly all live to the end.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    gc.set_threshold(100_000)
    code = main()
    gc.freeze()  # or Python would look through all that is left, a tenth of a second
    sys.exit(code)


def _end(number: int, _: object) -> None:
    """End as from within, so that unfinished files are removed."""
    sys.exit(128 + number)
