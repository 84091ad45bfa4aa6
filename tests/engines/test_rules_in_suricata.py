"""Suricata reads every rule that hostile strings can make, and each hits just its own string."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netcordon.errors import EvidenceError
from netcordon.model.signature import How, Mark, Trait
from netcordon.rehearsal.suricata import alerts
from netcordon.signatures.belonging import add_own_flows
from netcordon.signatures.shape import path_shape
from netcordon.signatures.sids import Ledger
from netcordon.signatures.suricata_rule import suricata_rule
from netcordon.signatures.tried import by_suricata
from tests.cases import evidence
from tests.traffic import Recording, dns_query
from tests.unit.planning.network import HOME, PC, calls

pytestmark = pytest.mark.engines

AGENTS = (
    'Evil"; sid:1; rev:1;) alert ip any any -> any any (msg:"all"', "Bot|41 42|end", "back\\slash",
    "semi;colon:colon", "paren)(", "$HOME_NET", "'single' %00 %s", "tab\there", "é ü",
    "*", "?", "# comment", "x" * 300,
)  # fmt: skip
PATHS = ("/a;b", "/x/../y", "/q?c=\"'", "/re[0-9]+(x|y)*$", "/per%cent", "/\\backslash")
NAMES = (b"a-b.c_d.bad.example", b"UPPER.Bad.Example")


def mark(table: str, *traits: tuple[str, How, str]) -> Mark:
    made = tuple(Trait(column=c, how=how, value=value) for c, how, value in traits)
    return Mark(kind="test", title=" ".join(t.value for t in made), table=table, traits=made)


def test_each_rule_hits_its_own_string_and_no_other(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("suricata")
    recording = Recording()
    marks: dict[int, Mark] = {}
    port = 40_000
    for agent in AGENTS:
        port += 1
        ask = f"GET / HTTP/1.1\r\nHost: h.example\r\nUser-Agent: {agent}\r\n\r\n".encode()
        recording.session("10.1.2.3", "198.51.100.1", port, 80, [(True, ask), (False, _OK)])
        marks[port] = mark("http_activity", ("user_agent", How.IS, agent))
    for path in PATHS:
        port += 1
        ask = b"POST " + path.encode() + b" HTTP/1.1\r\nHost: h.example\r\n\r\n"
        recording.session("10.1.2.3", "198.51.100.1", port, 80, [(True, ask), (False, _OK)])
        shape = path_shape([path.partition("?")[0]])
        assert shape is not None
        shape = shape.removesuffix("$")
        marks[port] = mark("http_activity", ("uri", How.SHAPE, shape))
    for name in NAMES:
        port += 1
        recording.datagram("10.1.2.3", "10.1.9.53", port, 53, dns_query(name))
        marks[port] = mark("dns_activity", ("query", How.UNDER, name.decode().lower()))
    ledger = Ledger({})
    rules = {suricata_rule(each, "NC-2026-0001", ledger)[0]: at for at, each in marks.items()}
    texts = [suricata_rule(each, "NC-2026-0001", ledger)[2] for each in marks.values()]
    (tmp_path / "r.rules").write_text("".join(f"{text}\n" for text in texts))
    (tmp_path / "in.pcap").write_bytes(recording.pcap())
    found = {
        (rules[each.sid], next(iter({each.src_port, each.dst_port} & set(marks))))
        for each in alerts(tmp_path / "in.pcap", tmp_path / "r.rules", tmp_path)
    }
    assert {at for at, _ in found} == set(marks)
    assert {(at, port) for at, port in found if at != port} == set()


_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_evidence_that_is_gone_is_no_silence_of_the_rules(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("suricata")

    def gone(_id: str, _uids: object, _out: Path) -> int:
        raise EvidenceError("NC-703", "Evidence is gone.")

    flows = calls(1, PC, HOME, 443, [1.0, 2.0])
    with evidence.engine({"network_activity": flows}, tmp_path) as engine:
        assert add_own_flows(engine, [{"src": PC, "dst": HOME, "port": 443}]) == 2
        spoken = by_suricata(engine, "", gone, {})
    assert (spoken.why_not, spoken.read) == ("NC-703 Evidence is gone.", 0)
    assert spoken.unread == {"NC-703 Evidence is gone.": 2}
