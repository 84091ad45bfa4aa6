"""Steps of an incident over time, one lane for each host that acted."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.model.quantity import time_text
from netcordon.model.section import Timeline, TimelineStep
from netcordon.reporting.scale import Scale, stamp, time_ticks
from netcordon.reporting.svg import Svg, fit, text_width

_WIDTH, _LEFT, _RIGHT, _TOP = 1000, 178, 12, 30
_ROW, _BAR, _LANE_PAD = 26, 14, 8
_MIN_BAR, _LABEL = 8, 250
_MAX_STEPS, _MAX_LANES = 60, 14


@dataclass(frozen=True)
class _Placed:
    step: TimelineStep
    row: int
    x: float
    width: float
    label: str
    label_x: float
    anchor: str


def draw(chart: Timeline, anchor: str) -> str:
    """The picture as SVG mark-up; too many steps or lanes are left out and counted."""
    lanes: dict[str, list[TimelineStep]] = {}
    for step in chart.steps[:_MAX_STEPS]:
        if step.lane in lanes or len(lanes) < _MAX_LANES:
            lanes.setdefault(step.lane, []).append(step)
    shown = sum(map(len, lanes.values()))
    if not shown:
        return ""
    low = min(s.start.timestamp() for steps in lanes.values() for s in steps)
    high = max(s.end.timestamp() for steps in lanes.values() for s in steps)
    pad = max((high - low) * 0.02, 0.5)
    scale = Scale(low - pad, high + pad, _LEFT, _WIDTH - _RIGHT)
    placed = {lane: _pack(steps, scale) for lane, steps in lanes.items()}
    rows = {lane: max(p.row for p in steps) + 1 for lane, steps in placed.items()}
    left_out = len(chart.steps) - shown
    body = sum(count * _ROW + _LANE_PAD for count in rows.values())
    svg = Svg(_WIDTH, _TOP + body + (24 if left_out else 6), chart.title, chart.description, anchor)
    _axis(svg, scale, _TOP + body)
    y = float(_TOP)
    for number, (lane, steps) in enumerate(placed.items()):
        height = rows[lane] * _ROW + _LANE_PAD
        svg.rect(0, y, _WIDTH, height, "lane-odd" if number % 2 else "lane-even")
        _lane_name(svg, lane, y, height)
        for item in steps:
            _bar(svg, item, y + _LANE_PAD / 2 + item.row * _ROW)
        y += height
    if left_out:
        svg.text(_LEFT, y + 17, f"+{left_out} more steps not drawn", "muted")
    return svg.markup()


def _pack(steps: list[TimelineStep], scale: Scale) -> list[_Placed]:
    """Give each bar the first row in which neither it nor its label touches another."""
    ends: list[float] = []
    out = []
    for step in steps:
        x = min(scale(step.start.timestamp()), scale.end - _MIN_BAR)
        width = max(scale(step.end.timestamp()) - x, _MIN_BAR)
        label = f"{step.number}  {step.label}"
        need = text_width(fit(label, _LABEL)) + 8
        start, end = x, x + width + need
        label_x, side = x + width + 6, "start"
        if end > scale.end:
            label_x, side = x - 6, "end"
            start, end = x - need, x + width
        if start < scale.start:  # a bar over nearly the whole width: the label goes inside
            label_x, side = x + 6, "inside"
            start, end = x, x + max(width, need)
        row = next((i for i, taken in enumerate(ends) if taken + 4 <= start), len(ends))
        ends[row : row + 1] = [end]
        out.append(_Placed(step, row, x, width, label, label_x, side))
    return out


def _axis(svg: Svg, scale: Scale, bottom: float) -> None:
    svg.text(0, 18, f"UTC, from {stamp(scale.low, '%Y-%m-%d')}", "muted")
    for moment, label in time_ticks(scale.low, scale.high, 8):
        x = scale(moment)
        svg.line(x, _TOP - 4, x, bottom, "grid")
        room = text_width(label) / 2
        if _LEFT - 10 + room <= x <= _WIDTH - room:
            svg.text(x, 18, label, "tick", anchor="middle")


def _lane_name(svg: Svg, lane: str, y: float, height: float) -> None:
    first, _, second = lane.partition(" ")
    middle = y + height / 2
    svg.text(8, middle + (4 if not second else -2), first, "lane-name", width=_LEFT - 36)
    if second:
        svg.text(8, middle + 12, second, "muted", width=_LEFT - 18)


def _bar(svg: Svg, item: _Placed, y: float) -> None:
    step = item.step
    tip = f"{step.number}. {step.label}: {time_text(step.start)} to {time_text(step.end)} UTC"
    svg.rect(item.x, y + 6, item.width, _BAR, f"fill-{step.tone}", tip=tip, round_=3)
    inside = item.anchor == "inside"
    svg.text(
        item.label_x,
        y + 17.5,
        item.label,
        f"on-{step.tone}" if inside else "",
        anchor="start" if inside else item.anchor,
        width=_LABEL,
    )
