"""Files that others write in too: what they wrote is there afterwards, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from netcordon.enforcement.back import take_back
from netcordon.enforcement.device import Device
from netcordon.enforcement.effects import Ask, Reply
from netcordon.enforcement.order import Enforced, Order, Work
from netcordon.enforcement.put import put_in_force
from netcordon.enforcement.transports.files import on_file
from netcordon.model.actuator import Site
from netcordon.model.command import Target
from netcordon.model.register import EnforcementPoint
from tests.unit.enforcement.world import CASE, World, outstanding
from tests.unit.plugins.actuators.orders import ACTUATORS

OTHERS = "# of the mail team\r\n198.51.100.7\n\n198.51.100.8  # ticket 12\nno newline at the end"


@dataclass
class Files(World):
    """Devices are files in a folder."""

    folder: Path = field(default_factory=Path)

    def _answer(self, effect: object) -> object:
        if not isinstance(effect, Ask):
            return super()._answer(effect)
        replies: list[Reply] = []
        for call in effect.calls:
            replies.append(on_file(call, self.folder) if call.path else Reply(ok=True))
        return tuple(replies)


def _point(actuator: str, **options: str) -> EnforcementPoint:
    options["file"] = "it"
    return EnforcementPoint(name="edge", actuator=actuator, transport="file:/x", options=options)


def _put(world: Files, point: EnforcementPoint, number: int, target: Target) -> Enforced:
    device = world.saved.get("edge", Device(key="edge", point=point))
    wanted = outstanding(number, "edge")
    wanted = replace(wanted, command=replace(wanted.command, target=target))
    site = Site(point=point, boundaries=(), case_id=CASE)
    work = Work(device=device, actuator=ACTUATORS[point.actuator], site=site, wanted=(wanted,))
    order = Order(run=f"r{number}", window_s=60, confirmed=True)
    done: Enforced = world.run(put_in_force([work], order))
    return done


def _address(number: int) -> Target:
    return Target(outside=f"203.0.113.{number}/32")


@pytest.mark.parametrize(
    ("actuator", "options"),
    [("block_list", {}), ("block_list", {"format": "pan"}), ("squid", {}), ("suricata", {})],
    ids=["plain", "pan", "squid", "suricata"],
)
def test_lines_of_others_stay_and_the_file_is_as_before_afterwards(
    tmp_path: Path, actuator: str, options: dict[str, str]
):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    file.write_bytes(OTHERS.encode())
    point = _point(actuator, **options)
    assert not _put(world, point, 1, _address(1)).places[0].problem
    # Somebody writes while our rules stand there.
    file.write_bytes(file.read_bytes() + b"198.51.100.9\n")
    assert not _put(world, point, 2, _address(2)).places[0].problem
    both = file.read_text()
    assert "203.0.113.1" in both
    assert "203.0.113.2" in both
    later = f"{OTHERS}\n198.51.100.9\n".encode()
    assert file.read_bytes().endswith(later)
    for number in (1, 2):
        device = world.saved["edge"]
        gone = [e for e in device.standing if e.command.id == f"cmd-{number}"]
        back = world.run(take_back(device, ACTUATORS[actuator], gone, f"u{number}", "over"))
        assert not back.problem
    assert file.read_bytes() == later


@pytest.mark.parametrize("options", [{}, {"format": "pan"}], ids=["plain", "pan"])
def test_who_blocked_an_address_before_us_still_blocks_it_after_us(
    tmp_path: Path, options: dict[str, str]
):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    theirs = "198.51.100.7\n203.0.113.1\n203.0.113.2\n"
    file.write_text(theirs)
    point, actuator = _point("block_list", **options), ACTUATORS["block_list"]
    for _ in range(2):  # the second time the ledger has a past
        for number in (1, 2):
            assert not _put(world, point, number, _address(number)).places[0].problem
            assert file.read_text().endswith(theirs)
        assert len(world.saved["edge"].standing) == 2
        for number in (1, 2):
            device = world.saved["edge"]
            gone = [e for e in device.standing if e.command.id == f"cmd-{number}"]
            assert not world.run(take_back(device, actuator, gone, "u", "over")).problem
            assert file.read_text().endswith(theirs)
        assert file.read_text() == theirs


def test_after_a_lost_ledger_our_lines_are_known_by_their_marks(tmp_path: Path):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    point = _point("block_list")
    _put(world, point, 1, _address(1))
    written = file.read_text()
    file.write_text(written + "198.51.100.7\n")
    world.saved.clear()
    assert not _put(world, point, 1, _address(1)).places[0].problem
    assert file.read_text() == written + "198.51.100.7\n"


def test_our_own_lines_of_an_earlier_never_block_list_are_not_taken_for_others(tmp_path: Path):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    point = _point("block_list")
    wide = Target(outside="203.0.113.0/24")
    _put(world, point, 1, wide)
    assert "203.0.113.0/24" in file.read_text()
    device = world.saved["edge"]
    spared = replace(device.sites[0], never_block=("203.0.113.128/25",))
    world.saved["edge"] = replace(device, sites=(spared,))
    gone = list(device.standing)
    back = world.run(take_back(world.saved["edge"], ACTUATORS["block_list"], gone, "u", "over"))
    assert not back.problem
    assert file.read_text() == ""


SKELETON = """; a zone must have these to be loaded at all
$TTL 1h
$ORIGIN it.
@ 3600 IN SOA ns.corp.example. a.corp.example. (
    7 ; serial
    1h 15m 1w 60 )
  IN NS ns.corp.example.
"""


def test_a_zone_with_records_of_others_is_refused_and_untouched(tmp_path: Path):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    before = f"{SKELETON}blocked.example CNAME .\n*.blocked.example CNAME .\n"
    file.write_text(before)
    done = _put(world, _point("dns_rpz"), 1, Target(domain="bad.example"))
    said = "2 lines that netcordon did not write, the first 'blocked.example CNAME .'"
    assert said in done.places[0].problem
    assert file.read_text() == before
    assert not world.saved


def test_a_zone_without_records_is_ours_to_fill(tmp_path: Path):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    file.write_text(SKELETON)
    assert not _put(world, _point("dns_rpz"), 1, Target(domain="bad.example")).places[0].problem
    assert not _put(world, _point("dns_rpz"), 2, Target(domain="worse.example")).places[0].problem
    assert "worse.example CNAME ." in file.read_text()


def test_an_entry_that_somebody_took_from_several_is_missed(tmp_path: Path):
    world, file = Files(folder=tmp_path), tmp_path / "it"
    point = _point("block_list")
    target = Target(outside="203.0.113.0/24", except_for=("203.0.113.128/25",))
    _put(world, point, 1, replace(target, except_for=("203.0.113.64/26",)))
    lines = file.read_text().splitlines()
    assert len(lines) > 2
    file.write_text("\n".join(lines[:-1]) + "\n")
    device = world.saved["edge"]
    look = device.at(CASE)
    assert not ACTUATORS["block_list"].read(file.read_text(), look, world.now)
    assert ACTUATORS["block_list"].read("\n".join(lines), look, world.now)
