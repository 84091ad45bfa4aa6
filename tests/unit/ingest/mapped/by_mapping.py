"""A log in memory, read by a mapping in memory."""

from __future__ import annotations

from netcordon.ingest.mapped.definition import read_mapping
from netcordon.ingest.mapped.reading import read_mapped
from netcordon.model.parser import WHOLE, ParseResult
from tests.unit.ingest.text.logs import Read, Source

FIREWALL = """
name = "acme-fw"
format = "csv"
table = "network_activity"
delimiter = ";"
time_format = "%d/%m/%Y %H:%M:%S.%f"
zone = "Europe/Paris"
[columns]
start_time = "ts"
src_ip = "from"
dst_ip = "to"
dst_port = "port"
duration_s = { field = "ms", factor = 0.001 }
ip_bytes_out = { field = "kb", factor = 1024 }
protocol = { field = "p", values = { "6" = "tcp", "17" = "udp" }, otherwise = "unknown" }
service = { constant = "http" }
"""
CSV = b'''ts;from;to;port;ms;kb;p;note
21/11/2026 22:30:00.5;10.0.0.1;203.0.113.9;443;1500;1.5;6;"a;b"
21/07/2026 22:30:00.25;10.0.0.1;2001:DB8::1;99999;;;17;x
31/02/2026 22:30:00.0;10.0.0.1;203.0.113.9;1;1;1;1;x
21/11/2026 22:30:00.5;pc-1;203.0.113.9;443;1500;1.5;47;x
21/11/2026 22:30:00.5;10.0.0.1;203.0.113.9;443;-;-;47;"say ""hi"""
bad;line

'''
LOOKUPS = """
format = "json"
table = "dns_activity"
[columns]
time = "@timestamp"
src_ip = "client.net.ip"
query = { path = ["dns.question"] }
answers = "answers"
is_response = "resp"
"""
JSON = b"""{"@timestamp":"2026-11-21T22:30:00.123456+01:00","client":{"net":{"ip":"10.0.0.1"}},\
"dns.question":"a.example","answers":["192.0.2.1"],"resp":true,"more":{"deep":[1]}}
{"@timestamp":"2026-11-21T22:30:00","client":{"net":5},"dns.question":7}
{"@timestamp":null}
no json
"""
LOGINS = """
format = "pairs"
table = "authentication"
time_format = "epoch_ms"
[columns]
time = "t"
account = "user"
src_ip = "ip"
outcome = { field = "res", values = { ok = "success" }, otherwise = "" }
"""
PAIRS = b"""Nov 21 x t=1795300000000 user="a b" ip=10.0.0.5 res=ok
t=1795300000500 user=c ip=x res=maybe
t=never user=d
nothing here
"""
EVERY = {"csv": (FIREWALL, CSV), "json": (LOOKUPS, JSON), "pairs": (LOGINS, PAIRS)}


def read(mapping: str, data: bytes) -> Read:
    """Read a log by a mapping."""
    found = Read("mapped", ParseResult(records=0))
    made = read_mapping(mapping.encode(), "m.toml")
    found.result = read_mapped(Source(data, 4096), found, lambda _: None, WHOLE, made)
    return found
