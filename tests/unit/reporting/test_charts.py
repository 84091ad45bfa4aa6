from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.document import Series
from netcordon.model.section import Contacts, Edge, Graph, Node, Plot, Timeline, TimelineStep
from netcordon.reporting.charts import beacon_plot, graph, series, timeline
from netcordon.reporting.scale import Scale, number_ticks, time_ticks
from tests.unit.reporting.surroundings import START

Box = tuple[float, float, float, float]


def boxes(picture: str, looks: str) -> list[Box]:
    number = r'"([\d.-]+)"'
    shape = rf'<rect x={number} y={number} width={number} height={number}[^>]* class="([^"]*)"'
    found = re.findall(shape, picture)
    return [tuple(map(float, box[:4])) for box in found if re.fullmatch(looks, box[4])]  # type: ignore[misc]


def touching(shapes: list[Box]) -> list[tuple[Box, Box]]:
    return [
        (a, b)
        for place, a in enumerate(shapes)
        for b in shapes[place + 1 :]
        if a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
    ]


def a_graph(counts: tuple[int, int, int], edges: list[tuple[int, int]]) -> Graph:
    columns = [column for column, count in enumerate(counts) for _ in range(count)]
    nodes = tuple(
        Node(id=f"n{i}", column=c, name=f"10.0.0.{i}", detail="x") for i, c in enumerate(columns)
    )
    links = tuple(Edge(src=f"n{a}", dst=f"n{b}", label=str(i)) for i, (a, b) in enumerate(edges, 1))
    return Graph(title="t", description="d", columns=("a", "b", "c"), nodes=nodes, edges=links)


@given(
    st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(0, 15)),
    st.lists(st.tuples(st.integers(0, 44), st.integers(0, 44)), max_size=60),
)
def test_no_node_and_no_label_of_a_graph_touches_another(
    counts: tuple[int, int, int], edges: list[tuple[int, int]]
) -> None:
    picture = graph.draw(a_graph(counts, edges), "g")
    shapes = boxes(picture, "node node-.*|chip")
    assert touching(shapes) == []
    assert picture == graph.draw(a_graph(counts, edges), "g")
    assert len(boxes(picture, "node node-.*")) == sum(min(count, 9) for count in counts)


def test_a_graph_counts_what_it_leaves_out() -> None:
    picture = graph.draw(a_graph((40, 1, 0), [(n, 40) for n in range(40)]), "g")
    assert "+32 more" in picture
    assert picture.count('class="edge"') == 9  # eight of their own, one for all the others


def steps(count: int, lanes: int) -> Timeline:
    made = tuple(
        TimelineStep(
            number=n,
            start=START + timedelta(seconds=n),
            end=START + timedelta(seconds=n + 4),
            lane=f"10.0.0.{n % lanes} name",
            label="discovery",
            tone="high",
        )
        for n in range(1, count + 1)
    )
    return Timeline(title="t", description="d", steps=made)


@pytest.mark.parametrize(("count", "lanes"), [(1, 1), (30, 2), (60, 14), (500, 40)])
def test_bars_of_a_timeline_never_touch(count: int, lanes: int) -> None:
    picture = timeline.draw(steps(count, lanes), "t")
    bars = boxes(picture, "fill-high")
    assert touching(bars) == []
    left_out = count - len(bars)
    assert (f"+{left_out} more steps" in picture) == (left_out > 0)


def test_a_timeline_of_one_moment_is_still_drawn() -> None:
    step = replace(steps(1, 1).steps[0], end=START + timedelta(seconds=1))
    assert (
        len(
            boxes(
                timeline.draw(Timeline(title="t", description="d", steps=(step,)), "t"), "fill-high"
            )
        )
        == 1
    )
    assert timeline.draw(Timeline(title="t", description="d", steps=()), "t") == ""


def test_silence_in_a_series_is_drawn_as_silence() -> None:
    gap = Series(name="out", unit="B/s", x=(0.5, 1.5, 9.5), y=(1.0, 2.0, 3.0))
    picture = series.draw(Plot(title="t", description="d", series=(gap,)), "s")
    path = re.search(r'<path d="([^"]*)" class="area', picture)
    assert path
    floor = path[1].split("V")[0].split()[-1]
    assert path[1].count(f"V{floor}") == 2  # down to the floor before the gap, and at the end


@pytest.mark.parametrize("y", [(float("nan"),), (float("inf"),), (-5.0,), (0.0,)])
def test_odd_values_do_not_break_a_series(y: tuple[float, ...]) -> None:
    one = Series(name="odd", unit="packets", x=(1_700_000_000.0,), y=y)
    picture = series.draw(Plot(title="t", description="d", series=(one,)), "s")
    assert "nan" not in picture
    assert "inf" not in picture


@pytest.mark.parametrize("times", [(), (1.0, 2.0), (5.0, 5.0, 5.0), (1.0, 2.0, 1e9)])
def test_contacts_of_any_kind_can_be_drawn(times: tuple[float, ...]) -> None:
    picture = beacon_plot.draw(Contacts(title="t", description="d", times=times), "b")
    assert (picture == "") == (len(times) < 3)
    assert "nan" not in picture


@given(st.floats(1e-6, 1e15), st.integers(2, 10))
def test_ticks_are_few_even_and_reach_the_top(high: float, most: int) -> None:
    ticks = number_ticks(high, most)
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 2 <= len(ticks) <= most + 2


@given(st.floats(0, 4e9), st.floats(0.001, 4e9), st.integers(2, 10))
def test_time_ticks_stand_inside_and_evenly(low: float, span: float, most: int) -> None:
    ticks = time_ticks(low, low + span, most)
    assert len(ticks) <= most + 1
    assert all(low <= moment <= low + span for moment, _ in ticks)
    assert len({round(b[0] - a[0], 3) for a, b in pairwise(ticks)}) <= 1


def test_a_scale_clamps() -> None:
    scale = Scale(10, 20, 100, 200)
    assert [scale(v) for v in (0, 10, 15, 20, 99)] == [100, 100, 150, 200, 200]
    assert Scale(5, 5, 0, 10)(5) == 5
