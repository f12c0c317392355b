"""What an Excel function is: its name, help texts, arguments and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xl_cryptoai.errors import CryptoAIError, WrongTypeError
from xl_cryptoai.functions.cells import Answer, Raw

ADD_IN = "xl_cryptoai.xlam"
"""File name of the add-in that has the functions in Excel on Windows."""
HELP_LENGTH = 255
"""Excel cuts help texts at this length."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name, its help as the function wizard shows it, whether it may be left out.

    An optional argument that is left out or blank comes as None or as blank cells; what stands in
    its place is said in its help. Optional arguments come last.
    """

    name: str
    help: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ExcelFunction:
    """One Excel function.

    Attributes
    ----------
    name : str
        Name in Excel, such as "CAI_TAM".
    category : str
        Heading under which a user looks for it.
    help : str
        What the function wizard says, at most 255 characters.
    arguments : tuple of Argument
        In order; those that may be left out come last.
    answer : callable
        Takes raw cell values and returns raw cell values, or raises a `CryptoAIError`.
    table : bool
        Whether it answers with a table rather than in the shape of its arguments.
    """

    name: str
    category: str
    help: str
    arguments: tuple[Argument, ...]
    answer: Callable[..., Answer]
    table: bool = False

    @property
    def python_name(self) -> str:
        """The name in Python, such as "cai_tam"."""
        return self.name.lower()

    @property
    def short_name(self) -> str:
        """The name without the prefix, such as "TAM": hosts with a namespace put it in front."""
        return self.name.partition("_")[2]

    @property
    def signature(self) -> str:
        """The call as help pages write it, such as "CAI_GOALSEEK(id, target, [ids], [values])"."""
        names = (f"[{one.name}]" if one.optional else one.name for one in self.arguments)
        return f"{self.name}({', '.join(names)})"

    @property
    def required(self) -> int:
        """How many arguments must be given."""
        return sum(not argument.optional for argument in self.arguments)

    def __call__(self, *cells: Raw) -> Answer:
        """Answer, or refuse with a `CryptoAIError`; nothing else is ever raised."""
        self._check_count(len(cells))
        try:
            return self.answer(*cells)
        except CryptoAIError:
            raise
        except Exception as error:  # a fault of ours: still a sentence, never a traceback in a cell
            raise CryptoAIError(
                f"{self.name} failed unexpectedly ({type(error).__name__}: {error}); "
                "please report this with the arguments"
            ) from error

    def _check_count(self, count: int) -> None:
        """Refuse too few or too many arguments: no host should send them, but some can."""
        least, most = self.required, len(self.arguments)
        if not least <= count <= most:
            names = ", ".join(argument.name for argument in self.arguments)
            wanted = f"{most}" if least == most else f"{least} to {most}"
            raise WrongTypeError(f"{self.name} takes {wanted} arguments ({names}), but got {count}")


def refusal_in_words(refusal: CryptoAIError) -> str:
    """Say a refusal as one text: the Excel error that it stands for, then the sentence.

    >>> refusal_in_words(CryptoAIError("gdp_growth is blank"))
    '#VALUE!: gdp_growth is blank'
    """
    return f"{refusal.excel}: {refusal}"
