"""UDP flows are named by the structure of their datagrams, and by nothing less."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.capture.application.datagram.readers import BULK_READERS, READERS
from netcordon.ingest.capture.recognise.telling import EXPORTS, FIRST_DATAGRAMS
from tests.unit.ingest.capture import datagrams, packets
from tests.unit.ingest.capture.application import messages
from tests.unit.ingest.capture.packets import A, B, eth, ipv4, udp


def frames(
    *turns: tuple[str, bytes], port: int = 40001, source_port: int = 40000, cut: int = 0
) -> list[bytes]:
    """Frames of a UDP conversation; ``cut`` octets of each are missing in the capture."""
    made = []
    for way, payload in turns:
        if way == ">":
            made.append(eth(ipv4(udp(source_port, port, payload), 17)))
        else:
            made.append(eth(ipv4(udp(port, source_port, payload), 17, B, A)))
    return made


def service(*turns: tuple[str, bytes], port: int = 40001, source_port: int = 40000) -> object:
    """What the only flow of a conversation is named."""
    return packets.flow(frames(*turns, port=port, source_port=source_port))["service"]


@pytest.mark.parametrize("name", sorted(datagrams.STRONG))
def test_one_datagram_names_a_flow(name: str) -> None:
    port, payload = datagrams.STRONG[name]
    assert service((">", payload), port=port) == name


@pytest.mark.parametrize("name", sorted(datagrams.STRONG))
def test_every_cut_of_a_datagram_is_looked_at_without_harm(name: str) -> None:
    port, payload = datagrams.STRONG[name]
    whole = frames((">", payload), port=port)[0]
    cuts = [whole[:end] for end in range(42, min(len(whole), 400))]
    decoded = packets.run(packets.pcap(cuts, wire=[len(whole)] * len(cuts)))
    assert decoded.result.records == len(cuts)


@pytest.mark.parametrize(("name", "turns"), [
    ("rtp", [(">", datagrams.rtp(5)), (">", datagrams.rtp(6))]),
    ("utp", [(">", datagrams.utp(4, 700, 1000)), ("<", datagrams.utp(2, 700, 9))]),
    ("utp", [("<", datagrams.utp(2, 700, 1000)), (">", datagrams.utp(0, 701, 2000) + b"x")]),
    ("wireguard", [(">", struct.pack("<IIQ", 4, 9, 100 + i) + bytes(32)) for i in range(2)]),
    ("tftp", [(">", b"\0\3\0\1" + bytes(512)), ("<", b"\0\4\0\1")]),
    ("coap", [(">", bytes.fromhex("4001000ab474657374")), ("<", bytes.fromhex("6045000aff41"))]),
    ("radius", [(">", datagrams.radius(1, 7, (1, b"anna"))), ("<", datagrams.radius(3, 7))]),
    ("stun", [(">", datagrams.stun(cookie=5)), ("<", datagrams.stun(0x101, cookie=5))]),
    ("openvpn", [(">", datagrams.openvpn_reset()[:9] + bytes(12)),
                 ("<", b"\x40" + bytes(range(8)) + b"\1" + bytes(4)
                  + datagrams.openvpn_reset()[1:9] + bytes(4))]),
    ("vxlan", [(">", datagrams.STRONG["vxlan"][1]), (">", datagrams.STRONG["vxlan"][1])]),
])  # fmt: skip
def test_two_datagrams_agree(name: str, turns: list[tuple[str, bytes]]) -> None:
    assert service(turns[0]) is None
    assert service(*turns) == name


@pytest.mark.parametrize("turns", [
    [(">", datagrams.rtp(5)), (">", datagrams.rtp(6, source=0xBEEF))],
    [(">", datagrams.rtp(5)), (">", datagrams.rtp(4000))],
    [(">", datagrams.utp(4, 700, 1000)), ("<", datagrams.utp(2, 9000, 9))],
        [(">", datagrams.utp(0, 700, 1000)), ("<", datagrams.utp(0, 700, 9))],
    [(">", b"\0\3\0\1" + bytes(512)), ("<", b"\0\4\0\2")],
    [(">", datagrams.stun(cookie=5))],
    [(">", datagrams.radius(1, 7, (1, b"anna"))), ("<", datagrams.radius(3, 8))],
    [(">", datagrams.ntp(4, received=1))],
    [(">", datagrams.snmp_get() + b"\0")],
    [(">", datagrams.ike() + b"\0")],
    [(">", messages.dns(b"a.example") + b"\0")],
])  # fmt: skip
def test_what_does_not_agree_stays_without_a_name(turns: list[tuple[str, bytes]]) -> None:
    assert service(*turns) is None


def test_a_server_of_time_is_known_by_its_clock() -> None:
    now = packets.START_S + 2_208_988_800
    assert service(("<", datagrams.ntp(4, received=now)), port=50123) == "ntp"


def test_what_follows_on_a_call_set_up_by_stun_renames_the_flow() -> None:
    assert service((">", datagrams.stun()), (">", datagrams.dtls_hello())) == "dtls"


def test_another_protocol_on_the_port_of_dns() -> None:
    assert service((">", datagrams.STRONG["wireguard"][1]), port=53) == "wireguard"
    listener = packets.Listener()
    packets.run(packets.pcap(frames((">", b"\xff" * 40), port=53)), application=listener)
    assert len(listener.events) == 1  # it is to be counted as malformed


def test_flows_that_nobody_reads_make_no_events() -> None:
    listener = packets.Listener()
    packets.run(packets.pcap(frames((">", datagrams.rtp(1)), (">", datagrams.rtp(2)))),
                application=listener)  # fmt: skip
    assert listener.events == []


def test_random_payload_gets_no_name() -> None:
    dice = random.Random(7)
    made = []
    for flow in range(3000):
        made += frames(*((way, dice.randbytes(dice.choice((12, 20, 48, 60, 148, 300))))
                         for way in "><><"), port=1024 + flow)  # fmt: skip
    named = [row["service"] for row in packets.run(packets.pcap(made)).rows if row["service"]]
    assert named == []


@given(st.lists(st.tuples(st.sampled_from("<>"), st.binary(max_size=80)), max_size=6),
       st.sampled_from((17, 19, 53, 69, 123, 138, 161, 389, 500, 514, 520, 1701, 1812, 1900, 2152,
                        3478, 3544, 4500, 4789, 5351, 5683, 6081, 40001)))  # fmt: skip
def test_any_bytes_are_looked_at_without_harm(turns: list[tuple[str, bytes]], port: int) -> None:
    decoded = packets.run(packets.pcap(frames(*turns, port=port)))
    assert decoded.result.records == len(turns)


def test_every_service_with_a_reader_is_told_and_no_other() -> None:
    assert {*READERS, *BULK_READERS} == {*FIRST_DATAGRAMS, *EXPORTS}
