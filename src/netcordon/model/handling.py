"""How a document may travel: the Traffic Light Protocol 2.0 (FIRST, 2022)."""

from __future__ import annotations

from enum import StrEnum


class TLP(StrEnum):
    """TLP 2.0 markings, least restricted first."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"
