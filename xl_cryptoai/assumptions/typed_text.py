"""What a person types: names and values, understood where they mean one thing, else asked back."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from xl_cryptoai.assumptions.scenarios import Quantity, allowed
from xl_cryptoai.errors import OutOfRangeError, UnknownNameError, WrongTypeError, quoted
from xl_cryptoai.units import CHOICE, UNITS

LONGEST = 200
"""Characters up to which a text can mean anything: more would only cost time."""
MOST_NAMED = 3
"""Nearest names that a question names."""
_NEAR = 0.6
"""Similarity, by `difflib`, from which a name is near another."""
_LEAST_PART = 4
"""Letters from which a part of a name brings the name to mind."""

_ASIDE = re.compile(r"\s*\([^()]*\)")
_CURRENCY = re.compile(r"(?:us\s*\$|\$|usd\b|us dollars?\b)", re.IGNORECASE)
_A_YEAR = re.compile(r"\s*(?:/|\bper\b|\ba\b)\s*(?:year|yr|y|annum)$", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<digits>\d[\d.,'\u2019\s]*|[.,]\d+)"
    r"(?P<exponent>[eE][+-]?\d{1,3})?"
    r"\s*(?P<power>%|[a-z]*)",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:([,.'\u2019\s])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?")
"""Thousands parted by one sign; what stands behind another is a fraction."""
_PLAIN = re.compile(r"\d+[.,]?\d*|[.,]\d+")
_POWERS = {
    power: exponent
    for exponent, words in (
        (0, ("", "x")),
        (-2, ("%", "percent")),
        (3, ("k", "thousand")),
        (6, ("m", "mm", "mn", "million")),
        (9, ("b", "bn", "billion")),
        (12, ("t", "tn", "trn", "trillion")),
    )
    for power in words
}


def name_meant(
    text: str, what: str, known: Mapping[str, object], refusal: str = "", advice: str = ""
) -> str:
    """Return the name that a text means: in any case, with spaces or hyphens, or as the label.

    Parameters
    ----------
    text : str
        As it was typed.
    what : str
        What it is to be, for the message, such as "assumption".
    known : mapping of name to object
        The names; the `label` of an object, if it has one, means its name too.
    refusal : str, optional
        How the message begins instead of with "no ... is called ...".
    advice : str, optional
        What the message says where no name is near, instead of listing all of them.

    Raises
    ------
    UnknownNameError
        If it means none or several of them, naming the nearest.

    Examples
    --------
    >>> from xl_cryptoai.assumptions import shipped_assumptions
    >>> name_meant("AI penetration", "assumption", shipped_assumptions())
    'ai_penetration'
    >>> name_meant("ai_penetraton", "assumption", shipped_assumptions())
    Traceback (most recent call last):
    xl_cryptoai.errors.UnknownNameError: no assumption is called 'ai_penetraton': did you mean \
ai_penetration?
    """
    if not isinstance(text, str):
        raise UnknownNameError(f"{quoted(text)} is not a {what}; known: {', '.join(known)}")
    if text in known:  # what programs write costs one look-up
        return text
    words = list(_words(known))
    for spelt in (_spelling, _without_aside) if len(text) <= LONGEST else ():
        meant = {name: None for name, word in words if spelt(word) == spelt(text) != ""}
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            raise UnknownNameError(f"{quoted(text)} can be {_listed(meant)}; give one of them")
    near = _nearest(text, words) if len(text) <= LONGEST else ()
    advice = advice or f"known: {', '.join(known)}"
    ask = f": did you mean {_listed(near)}?" if near else f"; {advice}"
    raise UnknownNameError(f"{refusal or f'no {what} is called {quoted(text)}'}{ask}")


def value_meant(entry: Quantity, text: str, name: str = "") -> float | str:
    """Return the value that a text means where a quantity is wanted.

    Parameters
    ----------
    entry : Quantity
        What the value is for: its unit and bounds decide between readings.
    text : str
        A number with %, k, M, B, T or their words, "USD", thousands parted by spaces or commas;
        or one of the choices.
    name : str, optional
        What messages call the quantity; its id by default.

    Returns
    -------
    float or str
        In the quantity's unit. Whether it is within the bounds is checked by `check_value`.

    Raises
    ------
    UnknownNameError, WrongTypeError, OutOfRangeError
        For a text that is no number or no choice, or that can be two numbers.

    Examples
    --------
    >>> from xl_cryptoai.assumptions import shipped_assumptions
    >>> known = shipped_assumptions()
    >>> value_meant(known["baseline_productivity"], "USD 4.1 trillion")
    4100000000000.0
    >>> value_meant(known["ai_penetration"], "40%")
    0.4
    >>> value_meant(known["identity_base"], "AI software")
    'ai_software'
    """
    name = name or entry.id
    if entry.unit == CHOICE:
        choices = dict.fromkeys(entry.choices)
        return name_meant(text, "choice", choices, f"{name} is {quoted(text)}")
    numbers = _numbers(text)
    money = entry.unit.startswith("usd")
    wrong = (_CURRENCY.search(text) and not money) or (
        "%" in text and (money or UNITS[entry.unit].whole)
    )
    if not numbers or wrong:
        raise WrongTypeError(f"{name} is {quoted(text)}, but must be a number, {allowed(entry)}")
    return _one_of(
        name, text, [one for one in numbers if entry.lower <= one <= entry.upper] or numbers
    )


def amount_meant(what: str, text: str) -> float:
    """Return the amount of USD a year that a text means.

    Raises
    ------
    WrongTypeError, OutOfRangeError
        For a text that is no number, can be two, or is outside what an amount can be.

    Examples
    --------
    >>> amount_meant("target", "20bn"), amount_meant("target", "1.2 trillion USD")
    (20000000000.0, 1200000000000.0)
    """
    number, limits = number_meant(what, text, "an amount such as 20B"), UNITS["usd_per_year"]
    if "%" in text or not limits.lower <= number <= limits.upper:
        raise OutOfRangeError(f"{what} is {quoted(text)}; give an amount of 0 or more")
    return number


def number_meant(what: str, text: str, wanted: str = "a number") -> float:
    """Return the one number that a text means.

    Raises
    ------
    WrongTypeError, OutOfRangeError
        For a text that is no number, or can be two.
    """
    numbers = _numbers(text)
    if not numbers:
        raise WrongTypeError(f"{what} is {quoted(text)}; give {wanted}")
    return _one_of(what, text, numbers)


def readings(text: str, *, in_a_cell: bool = False) -> list[Decimal]:
    """Return the numbers that a text may mean: 16,384 is one thing here and another there.

    Parameters
    ----------
    text : str
        As it was typed.
    in_a_cell : bool
        A cell was typed where a point may part thousands; everywhere else it is a decimal point.

    Examples
    --------
    >>> [float(one) for one in readings("1,200")], [float(one) for one in readings("1,200.5k")]
    ([1200.0, 1.2], [1200500.0])
    >>> readings("1.200") == readings("1.2"), len(readings("1.200", in_a_cell=True))
    (True, 2)
    """
    if len(text) > LONGEST:
        return []
    written = unicodedata.normalize("NFKC", text).strip().lstrip("'").replace("\u2212", "-")
    written = _A_YEAR.sub("", _CURRENCY.sub(" ", written, count=1).strip())
    written = re.sub(r"^([+-])\s+", r"\1", written)
    found = _NUMBER.fullmatch(written)
    if not found or (power := _POWERS.get(found["power"].lower())) is None:
        return []
    exponent = found["exponent"] or ""
    return [
        Decimal(f"{found['sign']}{digits}{exponent}").scaleb(power)
        for digits in _digits(found["digits"].strip(), in_a_cell=in_a_cell)
    ]


def _numbers(text: str) -> list[float]:
    return [one for one in dict.fromkeys(map(float, readings(text))) if math.isfinite(one)]


def _digits(text: str, *, in_a_cell: bool) -> Iterator[str]:
    grouped = _GROUPED.fullmatch(text)
    decimal = re.fullmatch(r"\d+\.\d+", text)
    if grouped and grouped[2] != grouped[3] and (in_a_cell or not decimal):
        whole = grouped[1].replace(grouped[2], "")
        yield f"{whole}.{grouped[4]}" if grouped[4] else whole
    if _PLAIN.fullmatch(text):
        yield text.replace(",", ".")


def _one_of(what: str, text: str, numbers: list[float]) -> float:
    if len(numbers) > 1:
        raise OutOfRangeError(
            f"{what} is {quoted(text)}, which can be {_listed(f'{one:.15g}' for one in numbers)}; "
            "write it without separators"
        )
    return numbers[0]


def _words(known: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each name with a word that means it."""
    for name, entry in known.items():
        yield name, name
        if label := getattr(entry, "label", ""):
            yield name, str(label)


def _spelling(text: str) -> str:
    """Return what is left of a word when case, blanks, hyphens and the like are not minded."""
    letters = unicodedata.normalize("NFKC", text).casefold()
    return "_".join(re.findall(r"[^\W_]+", letters))


def _without_aside(text: str) -> str:
    """Spell a word without what stands in parentheses, such as the "(TAM)" of a label."""
    return _spelling(_ASIDE.sub("", text))


def _nearest(text: str, words: Iterable[tuple[str, str]]) -> list[str]:
    spelt = _spelling(text)
    scores: dict[str, float] = {}
    for name, word in words:
        other = _spelling(word)
        likeness = difflib.SequenceMatcher(None, other, spelt)
        score = likeness.ratio() if likeness.quick_ratio() >= _NEAR else 0.0
        if len(spelt) >= _LEAST_PART and spelt in other:
            score = max(score, _NEAR)
        if score >= _NEAR:
            scores[name] = max(score, scores.get(name, 0.0))
    best = max(scores.values(), default=0.0)
    close = sorted(scores, key=lambda name: -scores[name])
    return [name for name in close if scores[name] >= best - 0.1][:MOST_NAMED]


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
