"""Priority is a product whose factors say where they come from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from netcordon.incidents.priority import UNDECLARED, priority, rank
from netcordon.model.business import Asset, Business, VitalFlow
from netcordon.model.incident import Channel, Incident, Party
from netcordon.model.severity import Severity

_NOW = datetime(2026, 11, 21, 22, tzinfo=UTC)


def _party(ip, name=None, internal=True):
    return Party(
        ip=ip, mac=None, name=name, user=None, role="victim", why="x", internal=internal
    )  # fmt: skip


def _incident(id_, *victims, confidence=0.9, severity=Severity.HIGH, channels=()):
    return Incident(
        id=id_, title="x", summary="x", severity=severity, confidence=confidence,
        first_seen_time=_NOW, last_seen_time=_NOW, actors=(), victims=tuple(victims), pivots=(),
        channels=tuple(channels), techniques=(), kill_chain=(), card={}, finding_ids=("f-1",),
    )  # fmt: skip


def _channel(src, dst, port):
    return Channel(
        src=src, dst=dst, dst_name=None, port=port, protocol="tcp", purpose="x",
        first_seen_time=_NOW, last_seen_time=_NOW,
    )  # fmt: skip


def test_raising_the_value_of_an_asset_changes_the_order_and_the_reason_says_so():
    one, other = _incident("inc-1", _party("10.0.0.1")), _incident("inc-2", _party("10.0.0.2"))
    assert [p.incident_id for p in rank([one, other], Business())] == ["inc-1", "inc-2"]
    business = Business(assets=(Asset(network="10.0.0.2/32", value=5, owner="Mia"),))
    first, second = rank([one, other], business)
    assert [first.incident_id, second.incident_id] == ["inc-2", "inc-1"]
    assert first.value == pytest.approx(5 * 0.9)
    assert "10.0.0.2 is worth 5 of 5" in first.factors[0].why
    assert "owner Mia" in first.owners[0]
    assert second.factors[0].value == UNDECLARED
    assert second.factors[0].why.startswith("value not declared for 10.0.0.1")


def test_an_undeclared_host_does_not_hide_behind_a_cheap_one():
    business = Business(assets=(Asset(network="10.0.0.1/32", value=1),))
    (impact, *_) = priority(
        _incident("inc-1", _party("10.0.0.1"), _party("10.0.0.2")), business
    ).factors  # fmt: skip
    assert impact.value == UNDECLARED
    assert "10.0.0.2" in impact.why
    assert "10.0.0.1" not in impact.why


def test_spread_counts_hosts_of_ours_only():
    parties = [_party(f"10.0.0.{n}") for n in range(10)] + [_party("198.51.100.1", internal=False)]
    spread = priority(_incident("inc-1", *parties), Business()).factors[2]
    assert spread.value == 2.0
    assert spread.why.startswith("10 of our hosts are hit")


def test_a_vital_flow_counts_as_the_highest_value():
    flow = VitalFlow(name="pay", src="10.0.0.0/24", dst="203.0.113.4/32", port=443, owner="Mia")
    business = Business(assets=(Asset(network="10.0.0.0/8", value=1),), vital_flows=(flow,))
    on_it = _incident(
        "inc-1", _party("10.0.0.1"), channels=[_channel("10.0.0.1", "203.0.113.4", 443)]
    )
    beside = _incident(
        "inc-2", _party("10.0.0.1"), channels=[_channel("10.0.0.1", "203.0.113.4", 80)]
    )
    first, second = rank([beside, on_it], business)
    assert (first.incident_id, first.factors[0].value) == ("inc-1", 5.0)
    assert "vital flow pay" in first.factors[0].why
    assert second.factors[0].value == 1.0


@pytest.mark.parametrize(
    ("ip", "name", "value"),
    [
        ("10.0.0.9", "db-1.corp.example", 4),
        ("10.0.0.9", "DB-1", 4),
        ("10.0.0.9", "web.corp.example", 3),
        ("10.0.0.9", "corp.example.evil.test", 2),
        ("10.0.0.1", "db-1.corp.example", 5),
        ("10.9.9.9", None, 1),
        ("not an address", None, None),
        ("2001:db8::1", None, None),
    ],
)
def test_the_closest_declaration_holds(ip, name, value):
    business = Business(
        assets=(
            Asset(network="10.0.0.0/8", value=1), Asset(network="10.0.0.0/24", value=2),
            Asset(name="corp.example", value=3), Asset(name="db-1.corp.example", value=4),
            Asset(network="10.0.0.1/32", value=5),
        )
    )  # fmt: skip
    found = business.asset_of(ip, name)
    assert (found.value if found else None) == value
