"""In which order incidents are worked on, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One factor of a priority: its name, its value, and a sentence that says where it is from."""

    name: str
    value: float
    why: str


@dataclass(frozen=True, kw_only=True)
class Priority:
    """The product of an incident's factors: impact, certainty and spread.

    Attributes:
        value: the product, two decimals.
        owners: who answers for what is hit, and what of the business it is.
    """

    incident_id: str
    value: float
    factors: tuple[Factor, ...]
    owners: tuple[str, ...] = ()

    def formula(self) -> str:
        """``9.9 = impact 5 × certainty 0.99 × spread 2``."""
        parts = " × ".join(f"{f.name} {f.value:g}" for f in self.factors)
        return f"{self.value:g} = {parts}"
