"""How DNS and ICMP that carry data are weighed."""

from __future__ import annotations

from functools import partial

from netcordon.model.severity import Severity
from tests.unit.plugins.detectors.judging import judged

DNS: dict[str, object] = {
    "src_ips": ["10.0.0.5"], "dst_ips": ["10.0.0.2"], "dst_names": ["t.example"], "dst_ports": [53],
    "names": 200, "octets": 12_000, "patterns": 200, "bits_per_octet": 4.6, "up_bytes": 6900.0,
    "down_bytes": 36_000, "questions": 200, "answers": 200, "carrying_share": 1.0, "odd_share": 1.0,
    "missing": 0, "short_lived": 200, "types": ["NULL"], "clients": 1, "active": 6, "hours": 0.05,
    "known_kind": None, "known_note": None,
}  # fmt: skip
PING: dict[str, object] = {
    "src_ips": ["10.0.0.5"], "dst_ips": ["203.0.113.9"], "requests": 200, "replies": 200,
    "bytes_out": 100_000, "bytes_in": 180_000, "unlike_bytes": 80_000, "dst_internal": False,
    "mean_payload": 700.0, "span_s": 300.0,
}  # fmt: skip
dns = partial(judged, "c2_dns_tunnel", DNS)
ping = partial(judged, "c2_icmp_tunnel", PING)


def test_a_tunnel_in_both_directions_is_high_and_works() -> None:
    found = dns()
    assert found is not None
    assert (found.severity, found.succeeded) == (Severity.HIGH, True)


def test_a_known_reputation_service_is_shown_low() -> None:
    found = dns(known_kind="reputation", known_note="hashes", odd_share=0.0, carrying_share=0.0,
                down_bytes=0, types=["A"], octets=6800, up_bytes=3000.0)  # fmt: skip
    assert found is None or found.severity.rank <= Severity.LOW.rank


def test_reverse_look_ups_are_nothing() -> None:
    found = dns(dst_names=["10.in-addr.arpa"], odd_share=0.0, carrying_share=0.0, down_bytes=0)
    assert found is None or found.severity.rank <= Severity.LOW.rank


def test_names_that_many_ask_for_are_no_private_channel() -> None:
    one, many = dns(), dns(clients=5)
    assert one is not None
    assert many is not None
    assert many.severity.rank < one.severity.rank
    assert many.terms["many_clients"].contribution < 0


def test_replies_unlike_their_requests_are_high() -> None:
    found = ping()
    assert found is not None
    assert (found.severity, found.succeeded) == (Severity.HIGH, True)


def test_faithful_replies_are_a_test_whatever_their_size() -> None:
    found = ping(unlike_bytes=0, bytes_in=100_000)
    assert found is None or found.severity.rank <= Severity.MEDIUM.rank
