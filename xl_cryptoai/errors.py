"""Every refusal the product makes, each with the Excel error it stands for."""

from __future__ import annotations

from typing import ClassVar


class CryptoAIError(Exception):
    """Base of all refusals: one sentence that names the place, the value and the cure.

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
        """Give the sentence itself: a KeyError would put it into quotes."""
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
