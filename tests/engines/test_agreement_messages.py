"""Samples of devices' logs, beside what another parser made of each message.

The samples are bare messages, so each gets an envelope with a time. What a row says must be what
the other parser found, field by field; how many messages become rows is a floor that must not sink.
Where both differ for a reason, the reason stands here.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.unit.ingest.text.logs import read

pytestmark = pytest.mark.corpus

_CORPUS = os.environ.get("NETCORDON_CORPUS")

_READ = {
    "barracuda_barracuda_cloudgen_firewall": 6,
    "bind_bind": 5,
    "checkpoint_checkpoint": 12,
    "cisco_cisco_ios": 16,
    "cisco_cisco_ise": 4,  # most samples are later parts of messages, which say nothing alone
    "cisco_cisco_meraki": 11,
    "cisco_cisco_secure_firewall": 22,
    "cisco_cisco_secure_web_appliance": 3,
    "citrix_citrix_adc": 8,
    "clavister_clavister_ngfw": 12,
    "darktrace_darktrace_threat_visualizer": 5,
    "f5_networks_f5_big_ip": 12,
    "forcepoint_forcepoint_ngfw": 4,
    "forcepoint_forcepoint_swg": 3,
    "fortinet_fortigate": 35,
    "fortinet_fortiproxy": 10,
    "fortinet_fortiweb": 3,
    "freeradius_freeradius": 7,
    "gatewatcher_aioniq": 3,
    "gatewatcher_aioniq_ecs": 6,
    "infoblox_ddi": 13,
    "isc_dhcp_dhcpd": 2,
    "ivanti_pulse_connect": 3,
    "juniper_juniper_ngfw": 5,
    "netfilter_netfilter": 3,
    "netskope_netskope_events": 5,
    "netskope_netskope_transaction": 2,
    "netskope_netskope_transaction_s3": 2,
    "olfeo_olfeo_saas": 2,
    "olfeo_olfeo_secure_web_gateway": 2,
    "openbsd_openbsd_packet_filter": 7,  # one is an IPv6 line with the fields of IPv4
    "openvpn_openvpn": 2,
    "palo_alto_networks_paloalto_ngfw": 35,
    "palo_alto_networks_paloalto_prisma_access": 19,
    "skyhighsecurity_skyhigh_secure_web_gateway": 4,
    "sonicwall_sonicwall_fw": 5,
    "sonicwall_sonicwall_sma": 1,
    "sophos_sophos_firewall": 6,
    "squid_squid": 8,
    "stormshield_stormshield_network_security": 5,
    "umbrella_umbrella_dns": 4,
    "umbrella_umbrella_ip": 1,
    "umbrella_umbrella_proxy": 1,  # the other line is broken in the sample
    "vectra_vectra_cognito_detect": 17,
    "watchguard_watchguard_firebox": 10,
    "zscaler_zscaler_zia": 3,
}
"""Sample -> messages that become rows, at least; the others are of kinds without a table."""

_FIELDS = {
    "source.ip": ("src_ip", "ip", "assigned_ip"),
    "source.port": ("src_port",),
    "source.bytes": ("ip_bytes_out", "request_body_bytes"),
    "destination.ip": ("dst_ip",),
    "destination.port": ("dst_port",),
    "destination.bytes": ("ip_bytes_in", "response_body_bytes"),
    "user.name": ("account", "user"),
    "dns.question.name": ("query",),
    "url.domain": ("host", "server_name"),
    "http.request.method": ("method",),
    "http.response.status_code": ("status_code",),
    "event.outcome": ("outcome",),
    "action.outcome": ("outcome",),
}
"""The other parser's field -> our columns; where one of them holds a value, one must hold this."""

_REASONS = {
    "barracuda_barracuda_cloudgen_firewall user.name": "the name as it stands, its suffix kept",
    "cisco_cisco_secure_firewall source.port": "of ICMP our column holds the type, not the id",
    "cisco_cisco_secure_firewall source.ip": "of a tunnel the client asks, whoever is named first",
    "cisco_cisco_secure_firewall destination.ip": "the same",
    "cisco_cisco_meraki user.name": "the name of an account keeps its domain where it has one",
    "cisco_cisco_ise destination.ip": "the address of the server, not the called station's",
    "clavister_clavister_ngfw action.outcome": "a login that ran into a timeout failed",
    "clavister_clavister_ngfw event.outcome": "the same",
    "f5_networks_f5_big_ip user.name": "the name of an account keeps its domain where it has one",
    "freeradius_freeradius user.name": "the same",
    "netskope_netskope_transaction source.bytes": "cs-bytes are what the client sent (W3C)",
    "netskope_netskope_transaction destination.bytes": "the same",
    "netskope_netskope_transaction_s3 source.bytes": "the same",
    "netskope_netskope_transaction_s3 destination.bytes": "the same",
    "fortinet_fortiweb user.name": "the name of an account keeps its domain where it has one",
    "sonicwall_sonicwall_sma user.name": "the same",
    "watchguard_watchguard_firebox user.name": "the same",
    "fortinet_fortigate user.name": "two users are named: who sent mail and who is logged in",
    "fortinet_fortigate source.bytes": "of a session so far, not since the last report",
    "fortinet_fortigate destination.bytes": "the same",
    "netskope_netskope_events source.ip": "the client, not the address its network leaves by",
    "netskope_netskope_events user.name": "the name of an account keeps its domain",
    "palo_alto_networks_paloalto_ngfw source.ip": "who has the address in the tunnel, at its end",
    "palo_alto_networks_paloalto_ngfw user.name": "the name of an account keeps its domain",
    "palo_alto_networks_paloalto_prisma_access user.name": "the same",
    "zscaler_zscaler_zia user.name": "who is logged in, not who owns the device",
}
"""Sample and field -> why ours differs."""


def _samples(name: str) -> list[dict[str, Any]]:
    if not _CORPUS or not Path(_CORPUS).is_dir():
        pytest.skip("needs the recorded logs that NETCORDON_CORPUS points at")
    path = Path(_CORPUS) / "vendor_logs" / f"{name}.expected.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def _theirs(expected: object, path: str) -> object:
    for name in path.split("."):
        expected = expected.get(name) if isinstance(expected, dict) else None
    return expected


def _disagreements(
    name: str, samples: list[dict[str, Any]], rows: dict[int, list[dict[str, Any]]]
) -> list[str]:
    found = []
    for place, of_line in sorted(rows.items()):
        for field, columns in _FIELDS.items():
            told = _theirs(samples[place - 1]["expected"], field)
            ours = [row[c] for row in of_line for c in columns if row.get(c) is not None]
            if told in (None, "", 0, "unknown") or not ours or f"{name} {field}" in _REASONS:
                continue
            if str(told).lower() not in [str(value).lower() for value in ours]:
                found.append(f"line {place} {field}: {ours}, expected {told}")
    return found


@pytest.mark.parametrize("name", sorted(_READ))
def test_rows_say_what_the_other_parser_found(name: str) -> None:
    samples = _samples(name)
    text = "".join(
        f"<134>1 2024-05-06T07:08:09Z device app - - - {' '.join(one['message'].split(chr(10)))}\n"
        for one in samples
    )
    found = read(text.encode())
    assert found.adds_up
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for table, of_table in found.tables.items():
        for row in of_table:
            if table not in ("log_source", "ingest_warning"):
                place = row.get("frame") or row["first_frame"]
                rows[int(str(place))].append(row)
    assert len(rows) >= _READ[name]
    assert not _disagreements(name, samples, rows)
