"""A mapping is proposed that reads its own sample, or says what is missing."""

from __future__ import annotations

import random
import tomllib

import pytest

from netcordon.ingest.mapped.definition import read_mapping
from netcordon.ingest.mapped.proposal import propose, time_format
from netcordon.ingest.mapped.sample import sampled
from netcordon.ingest.mapped.writing import mapping_toml
from tests.unit.ingest.mapped.by_mapping import EVERY, read

SAMPLES = {
    "german": b"Zeit;Quelle IP;Ziel IP;dport;duration_ms;kb_out;proto;note\n"
              b'21.11.2026 22:30:00;10.0.0.1;203.0.113.9;443;1500;1.5;6;"a;b"\n'
              b"21.07.2026 22:30:00;10.0.0.1;2001:db8::1;99;2;3;17;x\n",
    "no heading": b"1795300000|10.0.0.1|203.0.113.9|443|tcp\n" * 5,
    "nested": b'{"@timestamp":"2026-11-21T22:30:00Z","source.ip":"10.0.0.1","http":{"request":'
              b'{"method":"GET"}},"url":{"path":"/x"},"status":200,"host":"a.example"}\n' * 3,
    "logins": b"ts=1795300000 user=bob ip=10.0.0.1 result=failed app=vpn\n" * 4,
    "short words": b"when;client;server;svc;sent;got;verdict\n"
                   + b"21.11.2026 23:10:01;10.20.1.142;203.0.113.9;443;12;88;allowed\n" * 3,
    "remarks": b"# a remark\n#another\ntime,client,qname,qtype\n"
               b"2026-11-21 10:00:00,10.0.0.1,a.example,A\n"
               b"2026-11-21 10:00:01,10.0.0.2,b.example,A\n",
}  # fmt: skip
TABLES = {"german": "network_activity", "no heading": "network_activity", "nested": "http_activity",
          "short words": "network_activity", "logins": "authentication",
          "remarks": "dns_activity"}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_proposed_reads_every_line_of_its_sample(name: str) -> None:
    data = SAMPLES[name]
    sample = sampled(data)
    assert sample is not None
    found = propose(sample)
    assert (found.table, list(found.missing)) == (TABLES[name], [])
    toml = mapping_toml(found, "log", "sample.csv")
    log = read(toml, data)
    assert log.result.refused == {}
    assert len(log.tables[found.table]) == log.result.records > 1
    assert all(0.35 <= one.confidence <= 1 for one in found.columns)
    assert toml.count("sure: ") == len(found.columns)


def test_units_meanings_and_looks_are_proposed() -> None:
    sample = sampled(SAMPLES["german"])
    assert sample is not None
    by_column = {one.column: one for one in propose(sample).columns}
    assert by_column["duration_s"].source.factor == 0.001
    assert by_column["ip_bytes_out"].source.factor == 1024
    assert by_column["protocol"].source.values == {"6": "tcp", "17": "udp"}
    bare = sampled(SAMPLES["no heading"])
    assert bare is not None
    told = {one.column: one for one in propose(bare, "network_activity").columns}
    assert (told["src_ip"].source.name, told["dst_ip"].source.name) == ("field2", "field3")
    assert "CHECK" in told["src_ip"].why


def test_day_and_month_that_no_value_tells_apart_are_a_question() -> None:
    form, remark = time_format(["05/11/2026 10:00:00", "03/07/2026 10:00:00"])
    assert (form, "other way round" in remark) == ("%d/%m/%Y %H:%M:%S", True)
    assert time_format(["05/21/2026 10:00:00", "03/07/2026 10:00:00"]) == ("%m/%d/%Y %H:%M:%S", "")
    assert time_format(["5", "6", "7"]) == ("", "")


def test_names_of_the_log_cannot_break_out_of_the_file() -> None:
    evil = 'x" }\n[columns]\nsrc_ip = "y'
    data = f'"time\x7f","a\\"" = 1","{evil.splitlines()[0]}"\n'.encode()
    data += b"2026-11-21 10:00:00,10.0.0.1,10.0.0.2\n" * 3
    sample = sampled(data)
    assert sample is not None
    toml = mapping_toml(propose(sample, "network_activity"), "log", "a\nb\x1b[31m")
    assert tomllib.loads(toml)["table"] == "network_activity"
    assert "\x1b" not in toml


def test_any_bytes_give_a_proposal_or_none() -> None:
    rng = random.Random(7)
    pieces = (b'"', b",", b";", b"\x00", b"\xff\xfe", b"{", b"=", b"\n", b"[" * 900)
    seeds = [*SAMPLES.values(), *(data for _, data in EVERY.values())]
    for _ in range(80):
        content = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 20)):
            place = rng.randrange(len(content) + 1)
            content[place : place + rng.choice((0, 1, 9))] = rng.choice(pieces)
        sample = sampled(bytes(content))
        if sample is not None:
            found = propose(sample)
            toml = mapping_toml(found, "log", "x")
            tomllib.loads(toml)
            if not found.missing:
                read_mapping(toml.encode(), "m")
