"""Event logs as Windows keeps them (EVTX) and prints them (XML), sound and damaged."""

from __future__ import annotations

import random
from collections.abc import Mapping
from importlib.util import find_spec
from xml.sax.saxutils import escape

import pytest

from netcordon.evidence.recognise import recognise
from tests.unit.ingest.text.logs import Read, read
from tests.unit.ingest.windows.evtx_bytes import Event, evtx

GATE = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"
LOGON = {
    "TargetUserName": "bob", "TargetDomainName": "CORP", "LogonType": "3", "IpPort": "50001",
    "IpAddress": "192.0.2.4", "SubStatus": "0xC000006A", "Status": "0xc000006d",
}  # fmt: skip
EVENTS: tuple[Event, ...] = (
    (4625, "Security", LOGON),
    (7045, "System", {"ServiceName": "s", "ImagePath": "C:\\a.exe"}),
    (3, "Microsoft-Windows-Sysmon/Operational", {
        "UtcTime": "2024-05-01 10:00:00.250", "Protocol": "tcp", "SourceIp": "192.0.2.4",
        "SourcePort": "50001", "DestinationIp": "198.51.100.9", "DestinationPort": "443"}),
    (1149, GATE, {"Param1": "bob", "Param2": "CORP", "Param3": "192.0.2.7"}),
    (2004, "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
     {"RuleName": "open & all", "ApplicationPath": "C:\\a.exe"}),
)  # fmt: skip


def _xml(event: Event, *, is_user_data: bool = False) -> str:
    number, channel, data = event
    if is_user_data:
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in data.items())
        body = f"<UserData><EventXML xmlns='Event_NS'>{inner}</EventXML></UserData>"
    else:
        inner = "".join(f'<Data Name="{n}">{escape(v)}</Data>' for n, v in data.items())
        body = f"<EventData>{inner}</EventData>"
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<Provider Name='p'/><EventID Qualifiers='0'>{number}</EventID>"
        "<TimeCreated SystemTime='2024-05-01T10:00:00.5000000Z'/>"
        f"<Channel>{channel}</Channel><Computer>DC1</Computer></System>{body}"
        "<RenderingInfo Culture='en-US'><Message>text</Message></RenderingInfo></Event>"
    )


def _told(found: Read) -> Mapping[str, object]:
    assert found.kind == "windows"
    assert found.adds_up
    failed, let_in = found.tables["authentication"]
    flow = found.only("network_activity")
    made, opened = found.tables["api_activity"]
    assert str(failed["time"]).startswith("2024-05-01 10:00:00.5")
    return {
        "failed": (failed["src_ip"], failed["account"], failed["outcome"], failed["status_detail"]),
        "let_in": (let_in["src_ip"], let_in["account"], let_in["domain"], let_in["service"]),
        "flow": (flow["src_ip"], flow["dst_ip"], flow["dst_port"]),
        "made": (made["operation"], made["object"], made["tenant"]),
        "opened": (opened["operation"], opened["object"]),
        "frames": [row["frame"] for row in (failed, made, let_in, opened)],
    }


WANTED = {
    "failed": ("192.0.2.4", "bob", "failure", "wrong password"),
    "let_in": ("192.0.2.7", "bob", "CORP", "rdp"),
    "flow": ("192.0.2.4", "198.51.100.9", 443),
    "made": ("service installed", "s", "DC1"),
    "opened": ("firewall rule added", "open & all"),
    "frames": [1, 2, 4, 5],
}


@pytest.mark.parametrize("way", ["whole", "lines", "utf-16", "many", "user data"])
def test_xml_says_what_the_event_says(way: str) -> None:
    events = [_xml(event, is_user_data=way == "user data") for event in EVENTS]
    text = {
        "whole": "<?xml version='1.0' encoding='utf-8'?>\r\n<Events>"
        + "".join(events)
        + "</Events>",
        "lines": "\n".join(events),
        "utf-16": "\ufeff<Events>\r\n" + "\r\n".join(events) + "\r\n</Events>\r\n",
        "many": "\n\n".join(event.replace("><", ">\n  <") for event in events),
        "user data": "".join(events),
    }[way]
    data = text.encode("utf-16-le" if way == "utf-16" else "utf-8")
    assert _told(read(data)) == WANTED
    assert not read(data, piece=997).result.refused


def test_entities_are_never_expanded_and_cost_their_event_only() -> None:
    bomb = "<!DOCTYPE Events [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"
    named = _xml(EVENTS[0]).replace(">bob<", ">&b;<")
    outside = _xml(EVENTS[0]).replace(
        "<System>", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><System>'
    )
    found = read((_xml(EVENTS[0]) + bomb + named + outside + "loose" + _xml(EVENTS[0])).encode())
    assert [row["frame"] for row in found.tables["authentication"]] == [1, 6]
    assert found.result.refused == {"not a JSON object": 4}
    assert found.adds_up


def test_text_that_never_ends_an_event_is_bounded() -> None:
    data = (_xml(EVENTS[0]) + "<Event><System>" + "x" * (3 << 20) + _xml(EVENTS[0])).encode()
    found = read(data)
    assert found.adds_up
    assert len(found.tables["authentication"]) == 2


@pytest.mark.skipif(find_spec("evtx") is None, reason="the library evtx is not installed")
class TestEvtx:
    def test_a_file_says_what_the_event_says(self) -> None:
        found = read(evtx(EVENTS[:2], EVENTS[2:]), piece=5000)
        assert _told(found) == WANTED
        assert not found.result.warnings

    def test_a_damaged_chunk_costs_its_own_events_and_is_told(self) -> None:
        data = bytearray(evtx(EVENTS[:2], EVENTS[2:], EVENTS))
        data[4096 + 65536 + 700 : 4096 + 65536 + 900] = bytes(200)
        found = read(bytes(data))
        assert found.adds_up
        assert len(found.tables["authentication"]) >= 3
        (told,) = [w for w in found.result.warnings if w.code == "NC-225"]
        assert "1 chunk with a wrong checksum" in told.what

    def test_a_file_that_breaks_off_gives_what_is_there(self) -> None:
        data = evtx(EVENTS, EVENTS)
        found = read(data[: 4096 + 65536 + 3000])
        assert len(found.tables["authentication"]) >= 2
        assert "NC-225" in {warning.code for warning in found.result.warnings}

    def test_no_damage_stops_it(self) -> None:
        sound, chance = evtx(EVENTS, EVENTS), random.Random(7)
        for _ in range(25):
            data = bytearray(sound)
            for _ in range(chance.randint(1, 40)):
                # Most of a chunk is empty: the damage goes where the records are.
                start = 4096 + 65536 * chance.randrange(2) + chance.randrange(4000)
                data[start] = chance.randrange(256)
            cut = bytes(data[: chance.choice((len(data), chance.randrange(4096, len(data))))])
            found = read(cut)
            assert found.adds_up
            for row in found.tables.get("authentication", []):
                assert row["outcome"] in ("success", "failure", None)


def test_other_xml_is_not_taken_for_events() -> None:
    for text in ("<Events><a/></Events>", "<html><Event><System><EventID>", "<Event><x/></Event>"):
        found = recognise(text.encode())
        assert found is None or found.kind != "windows"
