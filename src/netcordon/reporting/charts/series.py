"""Series over one time axis, each in a row of its own with its own scale."""

from __future__ import annotations

import math

from netcordon.model.document import Series
from netcordon.model.quantity import size_text
from netcordon.model.section import Plot
from netcordon.reporting.scale import Scale, number_ticks, stamp, time_ticks
from netcordon.reporting.svg import Svg, text_width

_WIDTH, _LEFT, _RIGHT, _TOP = 1000, 150, 14, 26
_ROW, _GAP, _AXIS = 78, 16, 26
_NAME, _TICK = 94, 56
_MAX_SERIES = 6


def draw(chart: Plot, anchor: str) -> str:
    """The picture as SVG mark-up; empty when no series has points."""
    series = [s for s in chart.series if s.x][:_MAX_SERIES]
    if not series:
        return ""
    low = min(min(s.x) - _step(s) / 2 for s in series)
    high = max(max(s.x) + _step(s) / 2 for s in series)
    time = Scale(low, high, _LEFT, _WIDTH - _RIGHT)
    bottom = _TOP + len(series) * (_ROW + _GAP)
    svg = Svg(_WIDTH, bottom + _AXIS, chart.title, chart.description, anchor)
    labelled = 0.0
    for start, end, label in sorted(chart.windows):
        x, width = time(start), max(time(end) - time(start), 3)
        svg.rect(x, _TOP - 8, width, bottom - _TOP + 8, "window", tip=label)
        if x >= labelled and x + text_width(label) <= _WIDTH:
            svg.text(x, 13, label, "muted")
            labelled = x + text_width(label)
    for moment, label in time_ticks(low, high, 8):
        x = time(moment)
        svg.line(x, _TOP, x, bottom, "grid")
        if x + text_width(label) / 2 <= _WIDTH:
            svg.text(x, bottom + 17, label, "tick", anchor="middle")
    svg.text(0, bottom + 17, f"UTC, from {stamp(low, '%Y-%m-%d')}", "muted")
    for number, item in enumerate(series):
        _row(svg, item, time, _TOP + number * (_ROW + _GAP), number)
    return svg.markup()


def _row(svg: Svg, series: Series, time: Scale, top: float, number: int) -> None:
    values = [y if math.isfinite(y) and y > 0 else 0.0 for y in series.y]
    peak = max(values, default=0.0)
    ticks = number_ticks(peak, 2)
    level = Scale(0, ticks[-1], top + _ROW, top)
    svg.text(0, top + 16, series.name, "lane-name", width=_NAME - 8)
    svg.text(0, top + 33, f"peak {amount(peak, series.unit)}", "muted", width=_NAME)
    for tick in ticks:
        svg.line(_LEFT, level(tick), _WIDTH - _RIGHT, level(tick), "grid")
        if tick:
            label = amount(tick, series.unit)
            svg.text(_LEFT - 6, level(tick) + 4, label, "tick", anchor="end", width=_TICK)
    points = list(zip(series.x, values, strict=False))
    half = _step(series) / 2
    path = [f"M{time(points[0][0] - half):g} {level(0):g}"]
    previous = points[0][0]
    for x, y in points:
        if x - previous > half * 3:  # no traffic in between
            path.append(f"V{level(0):g}H{time(x - half):g}")
        path.append(f"V{level(y):g}H{time(x + half):g}")
        previous = x
    path.append(f"V{level(0):g}")
    svg.path("".join(path), f"area series-{number % 3}")


def _step(series: Series) -> float:
    """Width of one bin: the smallest distance between points, a second when there is one point."""
    gaps = [b - a for a, b in zip(series.x, series.x[1:], strict=False) if b > a]
    return min(gaps, default=1.0)


def amount(value: float, unit: str) -> str:
    """A value with its unit; bytes, and bytes per second, with prefixes."""
    if unit in ("bytes", "B"):
        return size_text(value)
    if unit == "B/s":
        return f"{size_text(value)}/s"
    return f"{value:,.4g} {unit}".strip()
