"""Who spoke to whom: ends in columns, numbered arrows between them.

The layout is computed, never searched: nodes stand under each other in their column in the order
given, each arrow has a port of its own on the side of a node, and its number takes the first place
along the curve that touches nothing. So the same incident always gives the same picture.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from netcordon.model.section import Edge, Graph, Node
from netcordon.reporting.svg import Svg, fit, text_width

_WIDTH, _BOX_W, _BOX_H, _STEP, _TOP = 1000, 232, 46, 64, 34
_MAX_NODES, _MAX_EDGES = 9, 40
_CHIP, _CHIP_TEXT = 110, 11
_PLACES = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.18, 0.82)

Point = tuple[float, float]
Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Box:
    node: Node
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.y + _BOX_H / 2


def draw(chart: Graph, anchor: str) -> str:
    """The picture as SVG mark-up; nodes beyond nine a column become one node ``+N more``."""
    columns, renamed = _bounded(chart)
    tallest = max((len(nodes) for nodes in columns), default=0)
    if not tallest:
        return ""
    height = _TOP + tallest * _STEP + 6
    boxes = _place(columns, height)
    edges = _merged(chart.edges, renamed, boxes)
    left_out = max(len(edges) - _MAX_EDGES, 0)
    edges = edges[:_MAX_EDGES]
    svg = Svg(_WIDTH, height + (20 if left_out else 0), chart.title, chart.description, anchor)
    svg.arrow_head("end", "edge-head")
    for number, heading in enumerate(chart.columns):
        svg.text(_column_x(number, len(columns)), 16, heading, "column")
    curves = [_curve(edge, ends, boxes) for edge, ends in _ports(edges, boxes)]
    for edge, curve in zip(edges, curves, strict=True):
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = curve
        d = f"M{x1:g} {y1:g}C{x2:g} {y2:g} {x3:g} {y3:g} {x4:g} {y4:g}"
        tip = f"{boxes[edge.src].node.name} → {boxes[edge.dst].node.name}: {edge.label}"
        svg.path(d, "edge", marker="end", tip=tip)
    for box in boxes.values():
        _draw_box(svg, box)
    _chips(svg, edges, curves, boxes)
    if left_out:
        svg.text(0, height + 14, f"+{left_out} more connections, see the table", "muted")
    return svg.markup()


def _bounded(chart: Graph) -> tuple[list[list[Node]], dict[str, str]]:
    """Nodes by column, and for each node the one that stands for it in the picture."""
    columns: list[list[Node]] = [[] for _ in chart.columns]
    for node in chart.nodes:
        columns[min(max(node.column, 0), len(columns) - 1)].append(node)
    renamed = {node.id: node.id for node in chart.nodes}
    for number, nodes in enumerate(columns):
        if len(nodes) > _MAX_NODES:
            kept, rest = nodes[: _MAX_NODES - 1], nodes[_MAX_NODES - 1 :]
            more = Node(
                id=f"more-{number}",
                column=number,
                name=f"+{len(rest):,} more",
                detail="in the tables",
            )
            columns[number] = [*kept, more]
            renamed.update((node.id, more.id) for node in rest)
    return columns, renamed


def _column_x(number: int, count: int) -> float:
    if count < 2:
        return (_WIDTH - _BOX_W) / 2
    return round(1 + number * (_WIDTH - _BOX_W - 2) / (count - 1), 1)


def _place(columns: list[list[Node]], height: float) -> dict[str, _Box]:
    boxes: dict[str, _Box] = {}
    for number, nodes in enumerate(columns):
        top = _TOP + (height - 6 - _TOP - len(nodes) * _STEP) / 2
        for index, node in enumerate(nodes):
            y = round(top + index * _STEP + (_STEP - _BOX_H) / 2, 1)
            boxes[node.id] = _Box(node, _column_x(number, len(columns)), y)
    return boxes


def _merged(edges: tuple[Edge, ...], renamed: dict[str, str], boxes: dict[str, _Box]) -> list[Edge]:
    """One arrow for each pair of ends, with the labels of all."""
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        src, dst = renamed.get(edge.src), renamed.get(edge.dst)
        if src and dst and src != dst and src in boxes and dst in boxes:
            pair = labels.setdefault((src, dst), [])
            if edge.label not in pair:
                pair.append(edge.label)
    return [
        Edge(src=src, dst=dst, label=", ".join(texts[:3]) + (" …" if len(texts) > 3 else ""))
        for (src, dst), texts in labels.items()
    ]


def _sides(edge: Edge, boxes: dict[str, _Box]) -> tuple[bool, bool]:
    """Whether the arrow leaves on the right, and whether it arrives on the right."""
    src, dst = boxes[edge.src], boxes[edge.dst]
    return dst.x >= src.x, dst.x <= src.x


def _ports(edges: list[Edge], boxes: dict[str, _Box]) -> list[tuple[Edge, tuple[float, float]]]:
    """Heights at which each arrow leaves and arrives, spread over the side by where it goes."""
    ends: dict[tuple[str, bool], list[tuple[float, int, bool]]] = defaultdict(list)
    for index, edge in enumerate(edges):
        leaves, arrives = _sides(edge, boxes)
        ends[edge.src, leaves].append((boxes[edge.dst].middle, index, True))
        ends[edge.dst, arrives].append((boxes[edge.src].middle, index, False))
    height: dict[tuple[int, bool], float] = {}
    for (node, _), arrows in ends.items():
        for place, (_, index, is_source) in enumerate(sorted(arrows)):
            share = (place + 1) / (len(arrows) + 1)
            height[index, is_source] = round(boxes[node].y + share * _BOX_H, 1)
    return [(edge, (height[i, True], height[i, False])) for i, edge in enumerate(edges)]


def _curve(edge: Edge, ends: tuple[float, float], boxes: dict[str, _Box]) -> tuple[Point, ...]:
    src, dst = boxes[edge.src], boxes[edge.dst]
    leaves, arrives = _sides(edge, boxes)
    x1, x4 = src.x + (_BOX_W if leaves else 0), dst.x + (_BOX_W if arrives else 0)
    bend = 70 if src.x == dst.x else min(abs(x4 - x1) / 2, 140)
    x2, x3 = x1 + (bend if leaves else -bend), x4 + (bend if arrives else -bend)
    return (x1, ends[0]), (x2, ends[0]), (x3, ends[1]), (x4, ends[1])


def _chips(
    svg: Svg, edges: list[Edge], curves: list[tuple[Point, ...]], boxes: dict[str, _Box]
) -> None:
    """Put each arrow's label on its curve; one that finds no free place is in the table alone."""
    taken: list[Rect] = [(box.x, box.y, _BOX_W, _BOX_H) for box in boxes.values()]
    for edge, curve in zip(edges, curves, strict=True):
        w, h = max(text_width(fit(edge.label, _CHIP, _CHIP_TEXT)) + 10, 20), 18
        for place in _PLACES:
            x, y = _on_curve(curve, place)
            chip = (round(x - w / 2, 1), round(y - h / 2, 1), w, h)
            inside = chip[0] >= 0 and chip[0] + w <= _WIDTH
            if inside and not any(_touch(chip, other) for other in taken):
                taken.append(chip)
                svg.rect(*chip, "chip", round_=9)
                svg.text(
                    round(x, 1),
                    round(y + 4, 1),
                    edge.label,
                    "chip-text",
                    anchor="middle",
                    width=_CHIP,
                )
                break


def _on_curve(curve: tuple[Point, ...], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(w * p[0] for w, p in zip(weights, curve, strict=True)),
        sum(w * p[1] for w, p in zip(weights, curve, strict=True)),
    )


def _touch(a: Rect, b: Rect) -> bool:
    return (
        a[0] < b[0] + b[2] + 2
        and b[0] < a[0] + a[2] + 2
        and a[1] < b[1] + b[3] + 2
        and b[1] < a[1] + a[3] + 2
    )


def _draw_box(svg: Svg, box: _Box) -> None:
    node = box.node
    tip = f"{node.name} {node.detail}".strip()
    svg.rect(box.x, box.y, _BOX_W, _BOX_H, f"node node-{node.tone}", tip=tip, round_=6)
    svg.rect(box.x, box.y, 6, _BOX_H, f"fill-{node.tone}", round_=3)
    y = box.y + (19 if node.detail else 28)
    svg.text(box.x + 15, y, node.name, "node-name", width=_BOX_W - 40)
    if node.detail:
        svg.text(box.x + 15, box.y + 36, node.detail, "muted", width=_BOX_W - 24)
