"""What a message costs follows from its parts and the price of one, as the organisation pays it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """An amount of money. `currency` is its ISO 4217 code."""

    amount: Decimal
    currency: str

    @classmethod
    def read(cls, words: str) -> "Price":
        """A price as it is set, such as `0.65 SEK`."""
        amount, currency = words.split()
        return cls(amount=Decimal(amount), currency=currency)

    def times(self, parts: int) -> "Price":
        """What so many parts cost."""
        return Price(amount=self.amount * parts, currency=self.currency)
