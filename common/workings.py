"""How a figure is worked out: an expression with its numbers that knows what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from common.rounding import divide_half_up
from common.thainumbers import format_number

PLACES = 4
# A number below zero is three tokens long and needs no second pair of brackets.
_IN_BRACKETS = 3


@dataclass(frozen=True, slots=True)
class Worked:
    """An expression: its marks and numbers in reading order, and its exact value."""

    tokens: tuple[Decimal | str, ...]
    value: Fraction
    # Whether it needs no brackets inside a product or a quotient.
    is_closed: bool = True

    @classmethod
    def sum_of(cls, parts: "Sequence[Worked]") -> "Worked":
        """Return a + b + c; one alone is itself.

        :raises ValueError: if there is nothing to add.
        """
        return cls._joined("+", parts, sum((part.value for part in parts), Fraction(0)))

    @classmethod
    def product_of(cls, *parts: "Worked") -> "Worked":
        """Return a × b × c, sums in brackets."""
        value = Fraction(1)
        for part in parts:
            value *= part.value
        joined = cls._joined("×", [part._in_brackets() for part in parts], value)
        return Worked(joined.tokens, joined.value)

    @classmethod
    def largest_of(cls, parts: "Sequence[Worked]") -> "Worked":
        """Return max(a, b, c)."""
        return cls._called("max", parts, max(part.value for part in parts))

    @classmethod
    def smallest_of(cls, parts: "Sequence[Worked]") -> "Worked":
        """Return min(a, b, c)."""
        return cls._called("min", parts, min(part.value for part in parts))

    def less(self, other: "Worked") -> "Worked":
        """Return a − b."""
        tokens = (*self.tokens, "−", *other._in_brackets().tokens)
        return Worked(tokens, self.value - other.value, is_closed=False)

    def over(self, other: "Worked") -> "Worked":
        """Return a ÷ b.

        :raises ZeroDivisionError: if b is 0.
        """
        below = other._in_brackets().tokens
        if other.is_closed and len(below) > _IN_BRACKETS:
            below = ("(", *below, ")")
        tokens = (*self._in_brackets().tokens, "÷", *below)
        return Worked(tokens, self.value / other.value)

    def rounded(self, places: int = PLACES) -> Decimal:
        """Return the value rounded half-up once."""
        scaled = self.value * 10**places
        return Decimal(divide_half_up(scaled.numerator, scaled.denominator)).scaleb(-places)

    @property
    def text(self) -> str:
        """The expression in plain digits, as another program would read it."""
        return " ".join(
            f"{token:f}" if isinstance(token, Decimal) else token for token in self.tokens
        )

    def _in_brackets(self) -> "Worked":
        if self.is_closed:
            return self
        return Worked(("(", *self.tokens, ")"), self.value)

    @classmethod
    def _joined(cls, mark: str, parts: "Sequence[Worked]", value: Fraction) -> "Worked":
        if not parts:
            raise ValueError("an expression needs a number")
        if len(parts) == 1:
            return parts[0]
        tokens: list[Decimal | str] = list(parts[0].tokens)
        for part in parts[1:]:
            tokens += [mark, *part.tokens]
        return Worked(tuple(tokens), value, is_closed=False)

    @classmethod
    def _called(cls, name: str, parts: "Sequence[Worked]", value: Fraction) -> "Worked":
        if len(parts) == 1:
            return parts[0]
        tokens: list[Decimal | str] = [name, "("]
        for place, part in enumerate(parts):
            tokens += [*([","] if place else []), *part.tokens]
        return Worked((*tokens, ")"), value)


def number(value: Decimal | int) -> Worked:
    """Return a number standing alone; one below zero stands in brackets."""
    amount = Decimal(value)
    if amount < 0:
        return Worked(("(", amount, ")"), Fraction(amount))
    return Worked((amount,), Fraction(amount))


def weighted_mean(pairs: Sequence[tuple[Decimal, Decimal]]) -> Worked | None:
    """Return (w1 × x1 + w2 × x2) ÷ (w1 + w2), or None where nothing is weighed."""
    if not sum(weight for weight, _ in pairs):
        return None
    above = Worked.sum_of([Worked.product_of(number(w), number(x)) for w, x in pairs])
    below = Worked.sum_of([number(weight) for weight, _ in pairs])
    return above.over(below)


@dataclass(frozen=True, slots=True)
class Token:
    """One mark or number of a working, ready to be shown."""

    text: str
    is_mark: bool = False


def _places_of(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of an explanation: what it is, how it is worked out, and how it stands stored."""

    title: str
    working: Worked
    result: Decimal
    unit: str = ""
    places: int = PLACES

    @property
    def agrees(self) -> bool:
        """Whether the numbers of today still lead to the stored figure."""
        return self.working.rounded(self.places) == self.result

    @property
    def expression(self) -> str:
        """The working in plain digits."""
        return self.working.text

    @property
    def stored(self) -> str:
        """The figure in plain digits."""
        return f"{self.result:f}"

    @property
    def shown(self) -> list["Token"]:
        """The working as a reader sees it: no more decimals than a number has."""
        return [
            Token(token, is_mark=True)
            if isinstance(token, str)
            else Token(format_number(token, _places_of(token)))
            for token in self.working.tokens
        ]

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to work out: the figure stands as it was entered."""
        return len(self.working.tokens) == 1
