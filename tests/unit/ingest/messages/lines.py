"""Sound lines of each kind of device, made by hand after its vendor's description."""

from __future__ import annotations

from netcordon.evidence.recognise import recognise
from netcordon.model.parser import WHOLE, ParseResult
from tests.unit.ingest.text.logs import Read, Source

IPTABLES = (
    "<4>Mar 11 20:35:11 gate kernel: [463490.252331] DROP IN=eth1 OUT= "
    "MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=192.0.2.55 DST=192.0.2.1 LEN=44 TOS=0x00 "
    "PREC=0x00 TTL=38 ID=9496 PROTO=TCP SPT=56247 DPT=1083 WINDOW=4096 RES=0x00 SYN URGP=0"
)
FILTERLOG = (
    "<134>1 2024-05-06T07:08:09.5+02:00 fw filterlog 7 - - 5,,,1000000103,igb0,match,block,in,4,"
    "0x0,,64,1234,0,DF,6,tcp,60,192.0.2.9,198.51.100.1,40000,445,0,S,1,,64240,,mss"
)
ASA = (
    "<166>Mar 15 2024 10:00:00 asa : %ASA-6-302013: Built outbound TCP connection 77 for "
    "outside:198.51.100.7/443 (198.51.100.7/443) to inside:192.0.2.8/50123 (203.0.113.1/50123)",
    "<166>Mar 15 2024 10:00:30 asa : %ASA-6-302014: Teardown TCP connection 77 for "
    "outside:198.51.100.7/443 to inside:192.0.2.8/50123 duration 0:00:30 bytes 4666 TCP FINs",
    "<164>Mar 15 2024 10:00:31 asa : %ASA-4-106023: Deny udp src outside:198.51.100.9/53 dst "
    'inside:192.0.2.8/53 by access-group "out" [0x0, 0x0]',
)
FTD = (
    "<113>May  6 2024 07:08:19 ftd : %FTD-1-430003: EventPriority: Low, DeviceUUID: u, "
    "InstanceID: 5, FirstPacketSecond: 2024-05-06T07:08:09Z, ConnectionID: 35868, "
    "AccessControlRuleAction: Allow, SrcIP: 192.0.2.2, DstIP: 198.51.100.2, SrcPort: 56901, "
    "DstPort: 53, Protocol: udp, ApplicationProtocol: DNS, ConnectionDuration: 10, "
    "InitiatorPackets: 1, ResponderPackets: 1, InitiatorBytes: 88, ResponderBytes: 152"
)
FORTIGATE = (
    '<189>date=2024-05-06 time=09:08:09 devname="fg" logid="0000000013" type="traffic" '
    'subtype="forward" eventtime=1714979289000000000 tz="+0200" srcip=192.0.2.5 srcport=50000 '
    'dstip=198.51.100.5 dstport=443 sessionid=9 proto=6 action="close" duration=10 sentbyte=5000 '
    'rcvdbyte=9000 sentpkt=10 rcvdpkt=12 app="a srcip=203.0.113.66"'
)
PAN = (
    "<14>May  6 07:08:09 pan 1,2024/05/06 07:08:09,0011,TRAFFIC,end,2561,2024/05/06 07:08:09,"
    "192.0.2.3,198.51.100.3,0.0.0.0,0.0.0.0,rule,,,ssl,vsys1,in,out,e1,e2,log,"
    "2024/05/06 07:08:09,55,1,50001,443,0,0,0x1c,tcp,allow,2346,1974,372,9,2024/05/06 07:07:53,16,"
    "any,0,1,0x0,US,DE,0,6,3,tcp-fin"
)
CEF = (
    "<134>May  6 07:08:09 fw CEF:0|Vendor|Wall|1|97|Drop \\| it|4|src=192.0.2.4 spt=1 "
    "dst=198.51.100.4 dpt=22 proto=tcp act=drop msg=two words here rt=1714979289000"
)
LEEF = (
    "<134>May  6 07:08:09 fw LEEF:2.0|Vendor|Wall|1|deny|^|src=192.0.2.4^dst=198.51.100.4^"
    "srcPort=1^dstPort=22^proto=6^action=deny^devTime=1714979289000"
)
SQUID = (
    "1714979289.684   3387 192.0.2.6 TCP_TUNNEL/200 19131 CONNECT a.example:443 - "
    "HIER_DIRECT/198.51.100.6 -"
)
COMBINED = (
    '192.0.2.7 - alice [06/May/2024:09:08:09 +0200] "GET /a?b=c HTTP/1.1" 404 12 "-" '
    '"agent \\"x\\" \\x41"'
)

BIND = (
    "06-May-2024 07:08:09.250 queries: info: client @0x7f4f 192.0.2.8#38251 (A.example): query: "
    "A.example IN AAAA +E(0)T (192.0.2.53)"
)
UNBOUND = "[1714979289] unbound[1:0] info: 192.0.2.8 a.example. TXT IN NXDOMAIN 0.1 0 100"
DNSMASQ = (
    "May  6 07:08:09 dnsmasq[9]: 12 192.0.2.8/4000 query[type=65] a.example from 192.0.2.8",
    "May  6 07:08:09 dnsmasq[9]: 12 192.0.2.8/4000 reply a.example is 198.51.100.1",
)
WINDOWS_DNS = (
    "5/6/2024 7:08:09 AM 0D8C PACKET  000000D2A1B2C3D0 UDP Snd 192.0.2.8       78c1 R Q "
    "[8385 A DR NXDOMAIN] A      (1)a(7)example(0)"
)

DNS = (BIND, UNBOUND, *DNSMASQ, WINDOWS_DNS)
EVERY = (IPTABLES, FILTERLOG, *ASA, FTD, FORTIGATE, PAN, CEF, LEEF, SQUID, COMBINED)
EXTENDED = (
    b"#Software: Microsoft Internet Information Services 10.0\n"
    b"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    b"cs(User-Agent) sc-status\n"
    b"2024-05-06 07:08:09 192.0.2.80 GET /a b=c 80 - 192.0.2.7 Agent+x 200\n"
    b"#Fields: date time c-ip cs-host cs(User-Agent) sc-bytes\n"
    b'2024-05-06 07:08:10 192.0.2.7 a.example "Agent y/1+2" 99\n'
)

MODIFIED = 1_715_000_000_000_000
"""6 May 2024, 12:53 UTC: when the files of these tests were written."""


def read_messages(*lines: str) -> Read:
    """A log of these lines, in a file that was written at ``MODIFIED``."""
    data = "".join(f"{line}\n" for line in lines).encode()
    recognised = recognise(data[: 64 << 10])
    assert recognised is not None, "not recognised"
    found = Read(recognised.kind, ParseResult(records=0))
    source = Source(data)
    source.modified = MODIFIED
    found.result = recognised.parser.parse(source, found, lambda _: None, WHOLE)
    assert found.adds_up
    return found
