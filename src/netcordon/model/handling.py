"""How a document may travel (TLP 2.0, FIRST 2022), and what may be done with it (PAP, MISP)."""

from __future__ import annotations

from enum import StrEnum


class TLP(StrEnum):
    """TLP 2.0 markings, least restricted first."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


class PAP(StrEnum):
    """Permissible Actions Protocol (MISP taxonomy ``PAP`` version 2), least restricted first.

    ``GREEN`` allows active measures that the attacker may notice, such as blocking; ``AMBER`` only
    passive look-ups with third parties, ``RED`` only what cannot be noticed from outside.
    """

    CLEAR = "PAP:CLEAR"
    GREEN = "PAP:GREEN"
    AMBER = "PAP:AMBER"
    RED = "PAP:RED"

    @property
    def allows_blocking(self) -> bool:
        """Whether traffic may be blocked on the strength of it."""
        return self in (PAP.CLEAR, PAP.GREEN)
