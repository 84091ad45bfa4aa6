"""Axes: round ticks for numbers and for UTC times, and pixels for values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

_STEPS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 91 * 86400, 364 * 86400,
)  # fmt: skip
_CLOCK_END_S = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Scale:
    """A linear map of values ``low..high`` to pixels ``start..end``; outside values are clamped."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value, to a tenth."""
        if self.high <= self.low:
            return round((self.start + self.end) / 2, 1)
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return round(self.start + share * (self.end - self.start), 1)


def number_ticks(high: float, most: int) -> tuple[float, ...]:
    """Round values 0 to at least ``high`` in steps of 1, 2 or 5 times a power of ten."""
    if not math.isfinite(high) or high <= 0:
        return (0.0, 1.0)
    rough = high / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - 1e-9))
    return tuple(step * i for i in range(math.ceil(high / step - 1e-9) + 1))


def time_ticks(low: float, high: float, most: int) -> tuple[tuple[float, str], ...]:
    """UTC ticks between two times in seconds, with labels as long as the step needs."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return ()
    step = next((s for s in _STEPS_S if (high - low) / s <= most), None)
    if step is None:
        step = math.ceil((high - low) / most / (364 * 86400)) * 364 * 86400
    first = math.ceil(low / step)
    shape = "%Y-%m-%d" if step >= 86400 else "%H:%M" if step >= 60 else "%H:%M:%S"
    if step < 86400 < high - low:
        shape = "%d %H:%M"
    return tuple(
        (float(t), stamp(t, shape))
        for t in (step * i for i in range(first, first + most + 1))
        if t <= high
    )


def stamp(seconds: float, shape: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A UTC time in seconds since 1970 as text; what no calendar holds stays a number."""
    if not 0 <= seconds <= _CLOCK_END_S:
        return f"{seconds:.0f}"
    return f"{datetime.fromtimestamp(seconds, UTC):{shape}}"
