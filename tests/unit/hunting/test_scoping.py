"""Who else shows the shape of a behaviour, in rows made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netcordon.hunting.scoping import find_scope
from netcordon.model.quantity import rfc3339
from netcordon.model.scope import Scope, ScopedHost
from tests.unit.incidents.traffic import Traffic, at

EVIL, BAD, EARLY, GOOD, RESOLVER = "198.51.100.7", "10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.2"
JA4, COMMON = "t13d1516h2_8daaf6152771_b186095e22b6", "t13d1516h2_000000000000_000000000000"


def call(
    rows: Traffic, minute: float, src: str, dst: str, name: str, ja4: str, **columns: object
) -> str:
    frame = rows.flow(minute, src, dst, 443, out=500)
    uid = f"C{frame}"
    rows.put("tls_activity", at(minute), uid=uid, src_ip=src, dst_ip=dst, src_port=1, dst_port=443,
             server_name=name, ja4=ja4, **columns)  # fmt: skip
    return uid


def document(**changes: object) -> Mapping[str, Any]:
    return {
        "id": "f-1", "src_ips": [BAD], "dst_ips": [EVIL], "dst_names": ["c2.evil.example"],
        "accounts": [], "first_seen_time": rfc3339(at(10)),
    } | changes  # fmt: skip


def scoped(rows: Traffic, told: set[str], folder: Path, **changes: object) -> Scope:
    with rows.engine(folder) as engine:
        flows = {"ev-1": told}
        return find_scope(engine, ("f-1", "x"), [document(**changes)], flows, {BAD, EVIL}, ["ev-1"])


def reasons(host: ScopedHost) -> set[tuple[str, bool]]:
    return {(reason.kind, reason.is_before_alert) for reason in host.reasons}


def test_others_by_every_mark_and_early_ones(tmp_path: Path) -> None:
    rows = Traffic()
    told = {call(rows, 10 + n, BAD, EVIL, "c2.evil.example", JA4) for n in range(8)}
    for n in range(8):
        call(rows, 20 + n, EARLY, "198.51.100.200", "other.evil.example", JA4)
        call(rows, 20 + n, GOOD, "203.0.113.9", "honest.example", COMMON)
    rows.flow(1, "10.0.0.8", EVIL, 80)
    rows.dns(12, RESOLVER, "192.0.2.53", "c2.evil.example")
    rows.dns(12, GOOD, RESOLVER, "fine.example", is_response=True, ra=True)
    found = scoped(rows, told, tmp_path)
    hosts = {host.ip: host for host in found.hosts}
    assert [host.ip for host in found.new_hosts] == [EARLY, "10.0.0.8"]
    assert reasons(hosts[EARLY]) == {
        ("JA4", False),
        ("registered domain", False),
        ("rhythm", False),
    }
    assert reasons(hosts["10.0.0.8"]) == {("destination", True)}
    assert hosts[RESOLVER].is_resolver
    assert hosts[BAD].is_known
    assert GOOD not in hosts


def test_what_most_hosts_share_is_named_and_not_counted(tmp_path: Path) -> None:
    rows = Traffic()
    told = {call(rows, 10, BAD, EVIL, "c2.evil.example", COMMON)}
    for n in range(8):
        call(rows, 20, f"10.0.1.{n}", "203.0.113.9", "honest.example", COMMON)
    found = scoped(rows, told, tmp_path)
    common = {shape.kind: shape.hosts for shape in found.shapes if shape.is_common}
    assert common == {"JA4": 9}
    assert not found.new_hosts


def test_what_is_no_shape_is_said(tmp_path: Path) -> None:
    rows = Traffic()
    rows.flow(1, BAD, EVIL, 443)
    many = [f"203.0.113.{n}" for n in range(60)]
    for ends, said in ((["10.0.0.9"], "ours"), (["8.8.8.8"], "public DNS"), (many, "too many")):
        found = scoped(rows, set(), tmp_path / said[:4], dst_ips=ends, dst_names=["x" * 300])
        assert said in " ".join(found.left_out)
        assert "is no domain name" in " ".join(found.left_out)
        assert not found.hosts
    certified = Traffic()
    told = {call(certified, 10, BAD, EVIL, "a.example", JA4, certificate_sha256="ab" * 32)}
    call(certified, 11, GOOD, "203.0.113.9", "b.example", COMMON, certificate_sha256="ab" * 32)
    found = scoped(certified, told, tmp_path / "certified")
    assert [reasons(host) for host in found.new_hosts] == [{("certificate", False)}]
