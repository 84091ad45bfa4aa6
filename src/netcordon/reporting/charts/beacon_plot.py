"""Contacts over time, and how long the gaps between them are: a beacon shows as a narrow hill."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from netcordon.model.quantity import span_text
from netcordon.model.section import Contacts
from netcordon.reporting.scale import Scale, number_ticks, stamp, time_ticks
from netcordon.reporting.svg import Svg, text_width

_WIDTH, _LEFT, _RIGHT = 1000, 150, 14
_RUG_TOP, _RUG = 22, 30
_HILL_TOP, _HILL = 104, 110
_BINS = 48
_MAX_MARKS = 900


def draw(chart: Contacts, anchor: str) -> str:
    """The picture as SVG mark-up; empty below three contacts, for two gaps show nothing."""
    times = sorted(chart.times)
    if len(times) < 3:
        return ""
    svg = Svg(_WIDTH, _HILL_TOP + _HILL + 44, chart.title, chart.description, anchor)
    _rug(svg, times)
    _hill(svg, [b - a for a, b in pairwise(times)])
    return svg.markup()


def _rug(svg: Svg, times: list[float]) -> None:
    time = Scale(times[0], times[-1], _LEFT, _WIDTH - _RIGHT)
    svg.text(0, _RUG_TOP + 12, "Contacts", "lane-name")
    svg.text(0, _RUG_TOP + 28, f"{len(times):,} in {span_text(times[-1] - times[0])}", "muted")
    marks = dict.fromkeys(time(t) for t in times)  # one a tenth of a pixel is all one can see
    keep = -(-len(marks) // _MAX_MARKS)
    for x in list(marks)[::keep]:
        svg.line(x, _RUG_TOP, x, _RUG_TOP + _RUG, "mark")
    svg.line(_LEFT, _RUG_TOP + _RUG, _WIDTH - _RIGHT, _RUG_TOP + _RUG, "axis")
    svg.text(0, _RUG_TOP + _RUG + 18, f"UTC, from {stamp(times[0], '%Y-%m-%d')}", "muted")
    for moment, label in time_ticks(times[0], times[-1], 8):
        x = time(moment)
        svg.line(x, _RUG_TOP + _RUG, x, _RUG_TOP + _RUG + 4, "axis")
        if x + text_width(label) / 2 <= _WIDTH:
            svg.text(x, _RUG_TOP + _RUG + 18, label, "tick", anchor="middle")


def _hill(svg: Svg, gaps: list[float]) -> None:
    """Histogram up to four times the median gap; what is longer stands in one last column."""
    middle = median(gaps)
    top = min(max(gaps), middle * 4) or 1.0
    ticks = number_ticks(top, 8)
    longest = ticks[-1]
    counts = [0] * _BINS
    beyond = 0
    for gap in gaps:
        if gap > longest:
            beyond += 1
        else:
            counts[min(int(gap / longest * _BINS), _BINS - 1)] += 1
    bottom = _HILL_TOP + _HILL
    right = _WIDTH - _RIGHT - (70 if beyond else 0)
    x_of = Scale(0, longest, _LEFT, right - 16)
    y_of = Scale(0, max(*counts, beyond), bottom, _HILL_TOP)
    svg.text(0, _HILL_TOP + 12, "Gap between", "lane-name")
    svg.text(0, _HILL_TOP + 28, "contacts", "lane-name")
    svg.text(0, _HILL_TOP + 45, f"median {span_text(middle)}", "muted")
    for index, count in enumerate(counts):
        if count:
            low, high = longest * index / _BINS, longest * (index + 1) / _BINS
            x, y = x_of(low), y_of(count)
            tip = f"{span_text(low)} to {span_text(high)}: {count}"
            svg.rect(x, y, max(x_of(high) - x - 1, 1), bottom - y, "area series-0", tip=tip)
    svg.line(_LEFT, bottom, right, bottom, "axis")
    for tick in ticks:
        svg.text(x_of(tick), bottom + 17, span_text(tick) if tick else "0", "tick", anchor="middle")
    if beyond:
        y = y_of(beyond)
        svg.rect(right + 20, y, 30, bottom - y, "area series-1", tip=f"longer: {beyond}")
        svg.text(right + 35, bottom + 34, f"longer ({beyond})", "tick", anchor="middle")
    svg.line(x_of(middle), _HILL_TOP - 8, x_of(middle), bottom, "median")
