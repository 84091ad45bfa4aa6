"""Suricata's configuration for a capture: ours alone, so that a site's settings do not speak."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

_TEXT = """%YAML 1.1
---
vars:
  address-groups:
    HOME_NET: HOME
    EXTERNAL_NET: OUTSIDE
    HTTP_SERVERS: "$HOME_NET"
    SMTP_SERVERS: "$HOME_NET"
    SQL_SERVERS: "$HOME_NET"
    DNS_SERVERS: "$HOME_NET"
    TELNET_SERVERS: "$HOME_NET"
    SSH_SERVERS: "$HOME_NET"
    FTP_SERVERS: "$HOME_NET"
    SIP_SERVERS: "$HOME_NET"
    AIM_SERVERS: "$EXTERNAL_NET"
    DC_SERVERS: "$HOME_NET"
    DNP3_SERVER: "$HOME_NET"
    DNP3_CLIENT: "$HOME_NET"
    MODBUS_CLIENT: "$HOME_NET"
    MODBUS_SERVER: "$HOME_NET"
    ENIP_CLIENT: "$HOME_NET"
    ENIP_SERVER: "$HOME_NET"
  port-groups:
    HTTP_PORTS: "[80,81,3128,8000,8008,8080,8081,8088,8888]"
    SHELLCODE_PORTS: "!80"
    ORACLE_PORTS: 1521
    SSH_PORTS: 22
    DNP3_PORTS: 20000
    MODBUS_PORTS: 502
    FILE_DATA_PORTS: "[$HTTP_PORTS,110,143]"
    FTP_PORTS: 21
    GENEVE_PORTS: 6081
    VXLAN_PORTS: 4789
    TEREDO_PORTS: 3544
    SIP_PORTS: "[5060,5061]"
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - alert: {metadata: {app-layer: yes, flow: yes, rule: {metadata: yes, raw: no}}}
        - anomaly: {enabled: yes, types: {decode: no, stream: no, applayer: yes}}
logging:
  default-log-level: info
  outputs: [console: {enabled: yes}]
# No rule runs a program, leaves this folder, or writes a file.
security:
  limit-noproc: yes
  landlock: {enabled: yes, directories: {write: [FOLDER], read: [FOLDER]}}
  lua: {allow-rules: no}
datasets:
  rules: {allow-write: no, allow-absolute-filenames: no}
default-rule-path: FOLDER
pcre: {match-limit: 3500, match-limit-recursion: 1500}
app-layer:
  protocols:
    tls: {enabled: yes, ja3-fingerprints: yes, ja4-fingerprints: yes}
    quic: {enabled: yes}
    ssh: {enabled: yes, hassh: yes}
    smb: {enabled: yes, detection-ports: {dp: "139, 445"}}
    http: {enabled: yes}
    http2: {enabled: yes}
    ftp: {enabled: yes}
    smtp: {enabled: yes}
    imap: {enabled: detection-only}
    krb5: {enabled: yes}
    snmp: {enabled: yes}
    ntp: {enabled: yes}
    dhcp: {enabled: yes}
    tftp: {enabled: yes}
    ike: {enabled: yes}
    sip: {enabled: yes}
    rdp: {enabled: yes}
    rfb: {enabled: yes}
    mqtt: {enabled: yes}
    nfs: {enabled: yes}
    pgsql: {enabled: yes}
    modbus: {enabled: yes, detection-ports: {dp: 502}}
    dnp3: {enabled: yes, detection-ports: {dp: 20000}}
    enip: {enabled: yes, detection-ports: {dp: 44818, sp: 44818}}
    dns:
      udp: {enabled: yes, detection-ports: {dp: 53}}
      tcp: {enabled: yes, detection-ports: {dp: 53}}
    dcerpc: {enabled: yes}
flow: {memcap: 512mb}
# Recordings begin in the middle of connections; what is odd in them is no rule's doing.
stream:
  {memcap: 512mb, midstream: yes, checksum-validation: no, drop-invalid: no,
   reassembly: {memcap: 1gb, depth: 1mb}}
exception-policy: ignore
"""


def configuration(folder: Path, home_nets: Sequence[str]) -> str:
    """The text of ``suricata.yaml``.

    Args:
        folder: where Suricata may read and write.
        home_nets: the organisation's networks in CIDR notation; without any, all are.
    """
    home = f"[{','.join(home_nets)}]" if home_nets else "any"
    text = _TEXT.replace("FOLDER", json.dumps(str(folder)))
    outside = "!$HOME_NET" if home_nets else "any"
    return text.replace(": HOME\n", f": {json.dumps(home)}\n").replace(
        ": OUTSIDE\n", f": {json.dumps(outside)}\n"
    )
