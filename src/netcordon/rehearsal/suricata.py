"""Suricata on recorded packets: which of some rules speak, or which packets they would drop.

Its configuration is ours alone, so that a site's own settings and rules do not speak as well.
Format of what it says: EVE JSON of Suricata 7.
"""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

MOST_SECONDS = 600
MOST_EVENTS = 2_000_000

_CONFIGURATION = """%YAML 1.1
---
vars:
  address-groups: {HOME_NET: "any", EXTERNAL_NET: "any"}
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [TYPE]}
logging:
  default-log-level: notice
  outputs: [console: {enabled: yes}]
app-layer:
  protocols:
    tls: {enabled: yes, ja3-fingerprints: yes, ja4-fingerprints: yes}
    quic: {enabled: yes}
    ssh: {enabled: yes, hassh: yes}
    smb: {enabled: yes, detection-ports: {dp: "139, 445"}}
    http: {enabled: yes}
    dns:
      udp: {enabled: yes, detection-ports: {dp: 53}}
      tcp: {enabled: yes, detection-ports: {dp: 53}}
    dcerpc: {enabled: yes}
flow: {memcap: 256mb}
# Recordings begin in the middle of connections; what is odd in them is no rule's doing.
stream:
  {memcap: 256mb, midstream: yes, checksum-validation: no, drop-invalid: no,
   reassembly: {memcap: 256mb}}
exception-policy: ignore
"""
# What was dropped gets no answer and stays a new flow, which Suricata forgets after these seconds
# (its defaults). The recording goes on as if nothing had been dropped: with the times of flows that
# are established, the next user of the same ports would be taken for the one that was dropped.
_FORGETS = "flow-timeouts:\n" + "".join(
    f"  {protocol}: {{"
    + ", ".join(
        f"{state}: {seconds}, emergency-{state}: {seconds // 2}"
        for state in ("new", "established", "closed", "bypassed")
    )
    + "}\n"
    for protocol, seconds in (("default", 30), ("tcp", 60), ("udp", 30), ("icmp", 30))
)
_ALERT, _DROP = "alert: {metadata: no}", "drop: {alerts: no, flows: all}"
_BY_RULES = ("rules", "flow drop")
"""Reasons of drops: a rule met the packet, or an earlier one of the same flow."""
_PROTOCOLS = {"ipv6-icmp": "icmp6"}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A packet that Suricata says something of.

    Attributes:
        protocol: as in ``network_activity``.
    """

    time: datetime
    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    protocol: str


@dataclass(frozen=True, kw_only=True)
class Alert(Seen):
    """A rule that spoke."""

    sid: int


def alerts(capture: Path, rules: Path, folder: Path) -> Iterator[Alert]:
    """Which rules speak of a capture; at most ``MOST_EVENTS`` times.

    Args:
        capture: pcap or pcapng.
        rules: alone.
        folder: an empty one for its files.

    Raises:
        RuntimeError: it does not run, or refuses a rule; with what it said.
    """
    said = _said(capture, rules, folder, _CONFIGURATION.replace("TYPE", _ALERT))
    for event in islice(said, MOST_EVENTS):
        yield Alert(sid=int(event["alert"]["signature_id"]), **_packet(event))


def drops(capture: Path, rules: Path, folder: Path) -> Iterator[Seen]:
    """Packets of a capture that rules drop, inline; also those after the one that a rule met.

    A rule speaks once of what Suricata takes for one flow, and all that follows is dropped in
    silence: only the packets tell what became of a flow that used the same ports again.

    Args:
        capture: pcap or pcapng.
        rules: alone.
        folder: an empty one for its files.

    Raises:
        RuntimeError: it does not run, refuses a rule, or drops more than ``MOST_EVENTS`` packets.
    """
    configuration = _CONFIGURATION.replace("TYPE", _DROP) + _FORGETS
    said = _said(capture, rules, folder, configuration, "--simulate-ips")
    for number, event in enumerate(said):
        if number >= MOST_EVENTS:
            raise RuntimeError(f"it drops more than {MOST_EVENTS:,} packets")
        if event["drop"].get("reason") in _BY_RULES:
            yield Seen(**_packet(event))


def _said(
    capture: Path, rules: Path, folder: Path, configuration: str, *options: str
) -> Iterator[dict[str, Any]]:
    (folder / "suricata.yaml").write_text(configuration, encoding="utf-8")
    argv = [
        "suricata", "-c", str(folder / "suricata.yaml"), "-r", str(capture), "-S", str(rules),
        "-l", str(folder), "-k", "none", "--runmode", "single", *options,
        # Without these files it warns, and refuses rules that name a class.
        "--set", "classification-file=/dev/null", "--set", "reference-config-file=/dev/null",
        "--set", "threshold-file=/dev/null",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"Suricata came to no end within {MOST_SECONDS} s") from error
    said = done.stderr + done.stdout
    faults = [line for line in said.splitlines() if "Error:" in line or line.startswith("E: ")]
    if done.returncode or faults:
        told = faults or said.strip().splitlines()[-1:]
        raise RuntimeError(told[0][:300] if told else f"exit status {done.returncode}")
    eve = folder / "eve.json"
    if eve.exists():
        with eve.open(encoding="utf-8", errors="replace") as lines:
            yield from map(json.loads, lines)


def _packet(event: Mapping[str, Any]) -> dict[str, Any]:
    protocol = str(event.get("proto", "")).lower()
    return {
        "time": datetime.fromisoformat(event["timestamp"]).astimezone(UTC),
        "src_ip": str(ipaddress.ip_address(event["src_ip"])),
        "src_port": int(event.get("src_port", 0)),
        "dst_ip": str(ipaddress.ip_address(event["dest_ip"])),
        "dst_port": int(event.get("dest_port", 0)),
        "protocol": _PROTOCOLS.get(protocol, protocol),
    }
