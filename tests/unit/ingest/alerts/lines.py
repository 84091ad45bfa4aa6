"""Sound records of each tool, made by hand after its documentation."""

from __future__ import annotations

from netcordon.evidence.recognise import recognise
from netcordon.model.parser import WHOLE, ParseResult
from tests.unit.ingest.text.logs import Read, Source

TIME = "2024-05-06T07:08:09.500000Z"
_SESSION = {"session": "a1b2c3", "src_ip": "192.0.2.9", "sensor": "pot", "timestamp": TIME}
_DIGEST = "0123456789abcdef" * 4

COWRIE: tuple[dict[str, object], ...] = (
    {
        **_SESSION, "eventid": "cowrie.session.connect", "src_port": 40000, "dst_port": 2222,
        "dst_ip": "10.0.0.7", "protocol": "ssh",
    },
    {
        **_SESSION, "eventid": "cowrie.login.failed", "username": "root", "password": "x",
        "protocol": "ssh",
    },
    {**_SESSION, "eventid": "cowrie.login.success", "username": "admin", "password": "y"},
    {**_SESSION, "eventid": "cowrie.command.input", "input": "uname -a; \x1b[2J"},
    {
        **_SESSION, "eventid": "cowrie.session.file_download", "shasum": _DIGEST,
        "url": "http://198.51.100.4/x.sh", "outfile": "dl/x",
    },
    {
        **_SESSION, "eventid": "cowrie.direct-tcpip.request", "dst_ip": "198.51.100.80",
        "dst_port": 80,
    },
    {**_SESSION, "eventid": "cowrie.session.closed", "duration": 3.5},
)  # fmt: skip
DIONAEA: dict[str, object] = {
    "connection": {
        "protocol": "mssqld", "transport": "tcp", "type": "accept",
        "local": {"address": "10.0.0.7", "port": 1433},
        "remote": {"address": "192.0.2.9", "port": 4444, "hostname": ""},
    },
    "credentials": [{"username": "sa", "password": ""}], "timestamp": "2024-05-06T07:08:09.5",
}  # fmt: skip
DIONAEA_FLAT: dict[str, object] = {
    "connection": {"protocol": "smbd", "transport": "tcp", "type": "accept"},
    "src_ip": "192.0.2.9", "src_port": 4444, "dst_ip": "10.0.0.7", "dst_port": 445,
    "timestamp": "2024-05-06T07:08:09.500000",
}  # fmt: skip
OPENCANARY: dict[str, object] = {
    "dst_host": "10.0.0.7", "dst_port": 21, "local_time": "2024-05-06 07:08:09.500000",
    "utc_time": "2024-05-06 07:08:09.500000", "logtype": 2000, "node_id": "canary-1",
    "logdata": {"USERNAME": "bob", "PASSWORD": "x"}, "src_host": "10.0.0.50", "src_port": 50000,
}  # fmt: skip
OPENCANARY_BOOT: dict[str, object] = {
    "dst_host": "", "logtype": 1001, "node_id": "canary-1", "logdata": {"msg": "started"},
    "utc_time": "2024-05-06 07:08:09.500000",
}  # fmt: skip
TOKEN: dict[str, object] = {
    "manage_url": "http://tokens.example/manage?token=abc&auth=def", "memo": "payroll share",
    "channel": "HTTP", "time": "2024-05-06 07:08:09 (UTC)", "token": "abc",
    "additional_data": {"src_ip": "10.0.0.50", "useragent": "x", "referer": None},
}  # fmt: skip
CONSOLE: dict[str, object] = {
    "AlertType": "CanaryIncident", "CanaryIP": "10.0.0.7", "CanaryName": "files",
    "CanaryPort": "445", "Description": "Shared File Opened", "SourceIP": "10.0.0.50",
    "Timestamp": "2024-05-06 07:08:09 (UTC)", "IncidentHash": "79cb",
}  # fmt: skip
TPOT: dict[str, object] = {
    "_index": "logstash-2024.05.06", "_source": {
        "type": "Heralding", "@timestamp": TIME, "src_ip": "192.0.2.9", "src_port": 4000,
        "dest_ip": "10.0.0.7", "dest_port": 5900, "proto": "vnc", "username": "admin",
        "t-pot_hostname": "pot", "t-pot_ip_ext": "198.51.100.7",
    },
}  # fmt: skip
SNORT: dict[str, object] = {
    "seconds": 1714979289, "action": "allow", "class": "A Network Trojan was detected",
    "dir": "C2S", "src_ap": "10.0.0.50:40000", "dst_ap": "198.51.100.4:443", "gid": 1, "sid": 77,
    "rev": 3, "msg": "MALWARE-CNC example", "priority": 1, "proto": "TCP", "iface": "eth0",
}  # fmt: skip
SNORT_YEARLESS: dict[str, object] = {
    "timestamp": "05/06-07:08:09.500000", "pkt_num": 5, "proto": "ICMP", "dir": "S2C",
    "src_ap": "198.51.100.4:0", "dst_ap": "10.0.0.50:0", "rule": "1:408:8", "action": "drop",
    "msg": "PROTOCOL-ICMP Echo Reply",
}  # fmt: skip
IDMEF: dict[str, object] = {
    "Version": "2.0.3", "Analyzer": {"IP": "10.0.0.1", "Name": "Slips"}, "Status": "Event",
    "ID": "6c1f", "Severity": "Medium", "StartTime": "2024-05-06T07:08:09.500000+00:00",
    "Confidence": 0.8, "Source": [{"IP": "10.0.0.50", "Port": [40000], "Protocol": ["TCP"]}],
    "Description": "Connection to unknown destination port 6667/TCP destination IP 198.51.100.4.",
    "Target": [{"IP": "198.51.100.4", "Port": [6667]}],
}  # fmt: skip
IDEA: dict[str, object] = {
    "Format": "IDEA0", "ID": "e-1", "DetectTime": "2024-05-06T07:08:09.5Z", "ConnCount": 12,
    "Category": ["Attempt.Login"], "Description": "SSH guesses from 10.0.0.50",
    "Source": [{"IP4": ["10.0.0.50"], "Proto": ["tcp", "ssh"]}],
    "Target": [{"IP4": ["10.0.0.7"], "Port": [22]}],
    "Node": [{"Name": "org.example.pot", "SW": ["Kippo"], "Type": ["Honeypot"]}],
}  # fmt: skip
VECTRA: dict[str, object] = {
    "version": "6.12", "detection_id": 1900, "category": "COMMAND & CONTROL", "threat": 75,
    "certainty": 86, "d_type": "hidden_https_tunnel_cnc", "d_type_vname": "Hidden HTTPS Tunnel",
    "triaged": False, "headend_addr": "10.0.0.2", "dd_dst_ip": "198.51.100.4", "dd_dst_port": 443,
    "dd_dst_dns": "c2.example", "host_name": "pc", "host_ip": "10.0.0.50", "dd_proto": "tcp",
    "mitre": ["T1071"], "vectra_timestamp": "1714979289",
}  # fmt: skip
DARKTRACE: dict[str, object] = {
    "pbid": 25808, "time": 1714979289000, "score": 0.87, "creationTime": 1714979290000,
    "model": {"then": {"name": "Compromise::Watched Domain", "uuid": "u", "category": "Critical"}},
    "triggeredComponents": [{"ip": "198.51.100.4/32", "port": 443}],
    "device": {"did": 31, "hostname": "pc", "ip": "10.0.0.50"},
}  # fmt: skip
DARKTRACE_INCIDENT: dict[str, object] = {
    "summariser": "HttpAgentSummary", "createdAt": 1714979300000, "id": "a4", "aiaScore": 55.5,
    "title": "Possible HTTP Command and Control", "category": "critical", "summary": "x",
    "periods": [{"start": 1714979289000, "end": 1714979299000}],
    "breachDevices": [{"ip": "10.0.0.50", "hostname": None}],
    "details": [[{"header": "Endpoints", "contents": [
        {"type": "externalHost", "values": [{"hostname": "c2.example", "ip": None}]},
        {"type": "externalHost", "values": [{"hostname": "198.51.100.4", "ip": "198.51.100.4"}]},
    ]}]],
}  # fmt: skip
GATEWATCHER: dict[str, object] = {
    "observer": {"vendor": "gatewatcher", "product": "gcenter", "hostname": "g"},
    "event": {"kind": "alert", "module": "beacon_detect", "severity": 1, "id": "5e",
              "start": "2024-05-06T07:08:09.500000+00:00", "end": "2024-05-06T08:00:00+00:00"},
    "source": {"ip": "10.0.0.50"}, "destination": {"ip": "198.51.100.4", "port": 443},
    "network": {"transport": "tcp", "protocol": "tls"}, "url": {"domain": "c2.example"},
    "@timestamp": "2024-05-06T09:00:00Z",
}  # fmt: skip
RITA: dict[str, object] = {
    "Severity": "High", "Source IP": "10.0.0.50", "Destination IP": "198.51.100.4", "FQDN": "",
    "Beacon Score": "0.977", "Connection Count": "60", "Port:Proto:Service": "8080:tcp:http",
    "timestamp": TIME,
}  # fmt: skip

EVERY: tuple[dict[str, object], ...] = (
    *COWRIE, DIONAEA, DIONAEA_FLAT, OPENCANARY, OPENCANARY_BOOT, TOKEN, CONSOLE, TPOT, SNORT,
    SNORT_YEARLESS, IDMEF, IDEA, VECTRA, DARKTRACE, DARKTRACE_INCIDENT, GATEWATCHER, RITA,
)  # fmt: skip

FAST = (
    "05/06/2024-07:08:09.500000  [**] [1:2013028:6] ET MALWARE example [**] [Classification: "
    "A Network Trojan was detected] [Priority: 1] {TCP} 10.0.0.50:40000 -> 198.51.100.4:443",
    "05/06/2024-07:08:09.500000  [Drop] [**] [1:2:3] x [y] [**] [Classification: (null)] "
    "[Priority: 3] {UDP} 2001:0db8:0000:0000:0000:0000:0000:0001:53 -> 2001:db8::2:5353",
    '05/06-07:08:09.500000 [**] [116:6:1] "(ipv4) too short" [**] [Priority: 3] {IP} '
    "10.0.0.50 -> 198.51.100.4",
    "<33>May  6 07:08:09 sensor snort[312]: [1:408:5] ICMP Echo Reply [Classification: Misc "
    "activity] [Priority: 3] {ICMP} 198.51.100.4 -> 10.0.0.50",
    "<33>May  6 07:08:09 sensor suricata[9]: [1:2013028:6] ET MALWARE example [Classification: "
    "A Network Trojan was detected] [Priority: 1] {TCP} 10.0.0.50:40000 -> 198.51.100.4:443",
)
FULL = b"""[**] [1:1000001:1] GPL EXPLOIT example [**]
[Classification: Attempted Administrator Privilege Gain] [Priority: 1]
05/06-07:08:09.500000 192.0.2.9:4444 -> 10.0.0.7:445
TCP TTL:64 TOS:0x0 ID:1 IpLen:20 DgmLen:60 DF
******S* Seq: 0x1  Ack: 0x0  Win: 0x200  TcpLen: 20

[**] [1:408:5] ICMP Echo Reply [**]
[Priority: 3]
05/06/24-07:08:10.000000 198.51.100.4 -> 10.0.0.50
ICMP TTL:64 TOS:0x0 ID:2 IpLen:20 DgmLen:84
Type:0  Code:0

[**] [1:9:1] cut off [**]

[**] [1:408:5] ICMP Echo Reply [**]
[Priority: 3]
05/06/24-07:08:11.000000 198.51.100.4 -> 10.0.0.50
"""
RITA_CSV = (
    b"Viewing database: lab\n"
    b"Severity,Source IP,Destination IP,FQDN,Beacon Score,Strobe,Total Duration,Long Connection "
    b"Score,Subdomains,C2 Over DNS Score,Threat Intel,Prevalence,First Seen,Missing Host Header,"
    b"Connection Count,Total Bytes,Port:Proto:Service,Modifiers\n"
    b"High,10.0.0.50,198.51.100.4,,0.977,false,1.7,0,0,0,false,0.02,59 minutes ago,false,60,467,"
    b'"8080:tcp:http",""\n'
    b"Critical,10.0.0.51,::,tunnel.example,0,false,0,0,512,0.85,false,0.01,3 days ago,false,512,"
    b'655,"53:udp:dns","c2"\n'
    b"High,10.0.0.52\n"
)
RITA_4 = (
    b"Score,Source IP,Destination IP,Connections,Avg Bytes\n0.838,10.0.0.50,198.51.100.4,210,69\n"
)

MODIFIED = 1_715_000_000_000_000
"""6 May 2024, 12:53 UTC: when the files of these tests were written."""


def read_at(data: bytes, modified: int | None = MODIFIED) -> Read:
    """A log in a file that was written at a time."""
    recognised = recognise(data[: 64 << 10])
    assert recognised is not None, "not recognised"
    found = Read(recognised.kind, ParseResult(records=0))
    source = Source(data)
    source.modified = modified
    found.result = recognised.parser.parse(source, found, lambda _: None, WHOLE)
    assert found.adds_up
    return found
