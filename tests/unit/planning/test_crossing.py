"""What lies between zones: near, far, by two lines, and not at all."""

from __future__ import annotations

from netcordon.model.register import INTERNET, Boundary, Register, Zone
from netcordon.planning.crossing import crossings


def register(*boundaries: tuple[str, str, str]) -> Register:
    names = sorted({side for _, a, b in boundaries for side in (a, b)} - {INTERNET})
    return Register(
        zones=tuple(Zone(name=name, networks=(f"10.{i}.0.0/16",)) for i, name in enumerate(names)),
        boundaries=tuple(Boundary(name=name, zones=(a, b)) for name, a, b in boundaries),
    )


def test_traffic_crosses_every_boundary_on_its_way_nearest_first():
    found = crossings(register(("core", "office", "servers"), ("edge", "servers", INTERNET)))
    assert found["office", INTERNET] == ("core", "edge")
    assert found[INTERNET, "office"] == ("edge", "core")
    assert found["office", "servers"] == ("core",)
    assert ("office", "office") not in found


def test_two_lines_to_the_internet_are_both_named():
    found = crossings(register(("line-a", "office", INTERNET), ("line-b", "office", INTERNET)))
    assert found["office", INTERNET] == ("line-a", "line-b")


def test_a_longer_way_is_not_taken_while_there_is_a_shorter():
    found = crossings(
        register(
            ("direct", "lab", INTERNET), ("inner", "lab", "office"), ("edge", "office", INTERNET)
        )
    )
    assert found["lab", INTERNET] == ("direct",)


def test_nothing_goes_through_the_internet_between_zones_of_ours():
    found = crossings(register(("a", "office", INTERNET), ("b", "lab", INTERNET)))
    assert ("office", "lab") not in found
    assert found["office", INTERNET] == ("a",)
