"""How urgent a finding is, in words with one meaning each."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Ordered from least to most urgent.

    ``informational`` and ``low`` are context, ``medium`` is worth an investigation, ``high`` is to
    be acted on tonight (two independent terms or a conclusive one), ``critical`` is high and it
    succeeded, is spreading, or touches what the organisation declared vital.
    """

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position in the order, 0 for informational."""
        return list(type(self)).index(self)
