"""Suricata on recorded packets: which of some rules speak, for which ends, when.

Its configuration is ours alone, so that a site's own settings and rules do not speak as well.
Format of what it says: EVE JSON of Suricata 7.
"""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

MOST_SECONDS = 600
MOST_ALERTS = 2_000_000

_CONFIGURATION = """%YAML 1.1
---
vars:
  address-groups: {HOME_NET: "any", EXTERNAL_NET: "any"}
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [alert: {metadata: no}]}
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
# Recordings begin in the middle of connections.
stream: {memcap: 256mb, midstream: yes, checksum-validation: no, reassembly: {memcap: 256mb}}
"""
_PROTOCOLS = {"ipv6-icmp": "icmp6"}


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A rule that spoke.

    Attributes:
        blocked: whether the packet was dropped, or would have been.
        protocol: as in ``network_activity``.
    """

    sid: int
    blocked: bool
    time: datetime
    src_ip: str
    src_port: int
    dst_ip: str
    dst_port: int
    protocol: str


def alerts(capture: Path, rules: Path, folder: Path, *, inline: bool) -> Iterator[Alert]:
    """What Suricata says of a capture.

    Args:
        capture: pcap or pcapng.
        rules: alone.
        folder: an empty one for its files.
        inline: as if it could drop packets.

    Raises:
        RuntimeError: it does not run, or refuses a rule; with what it said.
    """
    (folder / "suricata.yaml").write_text(_CONFIGURATION, encoding="utf-8")
    argv = [
        "suricata", "-c", str(folder / "suricata.yaml"), "-r", str(capture), "-S", str(rules),
        "-l", str(folder), "-k", "none", "--runmode", "single",
        *(["--simulate-ips"] if inline else []),
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
            for number, line in enumerate(lines):
                if number >= MOST_ALERTS:
                    return
                yield _alert(line)


def _alert(line: str) -> Alert:
    told = json.loads(line)
    protocol = str(told.get("proto", "")).lower()
    return Alert(
        sid=int(told["alert"]["signature_id"]),
        blocked=told["alert"].get("action") == "blocked",
        time=datetime.fromisoformat(told["timestamp"]).astimezone(UTC),
        src_ip=str(ipaddress.ip_address(told["src_ip"])),
        src_port=int(told.get("src_port", 0)),
        dst_ip=str(ipaddress.ip_address(told["dest_ip"])),
        dst_port=int(told.get("dest_port", 0)),
        protocol=_PROTOCOLS.get(protocol, protocol),
    )
