"""Every refusal the product makes, each with the Excel error it stands for."""

from __future__ import annotations

from typing import ClassVar

LONGEST_QUOTE = 100
"""Letters of an input that a message repeats."""


def quoted(value: object) -> str:
    """Write a value as messages quote it: signs that do not print as escapes, and cut if long.

    >>> quoted("20bn"), quoted("x" * 200) == "'" + "x" * 99 + "...", quoted(10**400)
    ("'20bn'", True, 'a whole number beyond 1E+308')
    """
    if isinstance(value, int) and abs(value) > 10**308:  # Python does not write out long ones
        return "a whole number beyond 1E+308"
    text = repr(value[:LONGEST_QUOTE] if isinstance(value, str) else value)
    longer = len(text) > LONGEST_QUOTE or (isinstance(value, str) and len(value) > LONGEST_QUOTE)
    return f"{text[:LONGEST_QUOTE]}..." if longer else text


class CryptoAIError(Exception):
    """Base of all refusals: one sentence that names the place, the value and the fix.

    Attributes
    ----------
    excel : str
        The Excel error value that a worksheet function answers with in its stead.
    """

    excel: ClassVar[str] = "#VALUE!"


class CatalogueError(CryptoAIError):
    """A data file of the product is not as it must be."""

    def __init__(self, file: str, entry: str, field: str, problem: str) -> None:
        self.file, self.entry, self.field, self.problem = file, entry, field, problem
        super().__init__(f"{file}: entry '{entry}', field '{field}': {problem}")


class WrongTypeError(CryptoAIError):
    """Text, a blank or a logical value stands where a number is wanted."""


class ShapeMismatchError(CryptoAIError):
    """Ranges given together do not have the same shape."""


class OutOfRangeError(CryptoAIError):
    """A number lies outside its allowed range, or is not finite."""

    excel: ClassVar[str] = "#NUM!"


class DivisionByZeroError(CryptoAIError):
    """A result does not exist because something is divided by zero."""

    excel: ClassVar[str] = "#DIV/0!"


class UnknownNameError(CryptoAIError, KeyError):
    """No assumption, step, scenario or field has this name."""

    excel: ClassVar[str] = "#N/A"

    def __str__(self) -> str:
        """Return the sentence itself: a KeyError would put it into quotes."""
        return str(self.args[0]) if self.args else ""


class NotReachableError(CryptoAIError):
    """No allowed value reaches what was asked for."""

    excel: ClassVar[str] = "#N/A"


class PropagatedError(CryptoAIError):
    """An argument is itself an Excel error; the answer is the same error."""

    def __init__(self, message: str, excel: str) -> None:
        super().__init__(message)
        self.excel = excel  # type: ignore[misc]  # differs by instance here, as in the cell


class RuleFailedError(CryptoAIError):
    """A rule of the audit did not come to an end: a fault of the program, not of the workbook."""


class FileRefusedError(CryptoAIError):
    """A file exists already, cannot be written or is not what it should be."""


EXCEL_ERRORS: tuple[str, ...] = (
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
)
