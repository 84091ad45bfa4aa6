"""Lines read by the column make the rows that the readers make of them, damaged ones too."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from netcordon.evidence.recognise import Recognised, recognise
from netcordon.ingest.messages import log
from netcordon.ingest.messages.by_column import block as columns
from netcordon.ingest.messages.envelope import opened
from netcordon.ingest.messages.log import Message
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.messages.readers import ALL
from netcordon.ingest.text import reading
from netcordon.ingest.text.blocks import blocks
from netcordon.ingest.text.tally import Tally
from netcordon.model.parser import WHOLE, ParseResult, Share
from tests.unit.ingest.messages.lines import DNS, EVERY
from tests.unit.ingest.text.logs import Read, Source

_PIECES = (
    " ", "  ", '"', '" "', "[", "]", "-", "/", ":", "@", "%", "\\", "|", "\t", "\0", "é", "٣",
    "x" * 300, "%ASA-6-302013: ", " SRC=192.0.2.1 IN= ", "client 192.0.2.1#5 ", "LEEF:",
    ",,,,,,,,,", "1" * 20, "http://u:p@h/", "https://[2001:db8::1]/", "HTTP/1.1", " HTTP/2",
    "2001:db8::7", "::ffff:192.0.2.1", "007", "+5", "-1", "0", "30/Feb/2024:00:00:00 +0000",
    "<13>", "0.5", "{", "%SYS-5-CONFIG_I: ", "IN=", " IN=eth0 OUT=", " [", "r-l-e:",
    "DHCPACK on 192.0.2.1 to ",    "=", '="', ";",
)  # fmt: skip


_MODIFIED = 1_716_000_000_000_000
"""The files were last written in May 2024."""


def _combined(chance: random.Random, number: int) -> str:
    asked = chance.choice(
        ("GET /a HTTP/1.1", "GET http://h.example:81/x?y#z HTTP/1.0", "HEAD /", "-", "",
         "GET  HTTP/1.1", "get / HTTP/1.1", "CONNECT h:443 HTTP/1.1", "GET / HTTP/1.234",
         "PRI * HTTP/2", "GET /a b HTTP/1.1")
    )  # fmt: skip
    seconds, user = number % 60, chance.choice(("-", "-", "alice"))
    line = (
        f"192.0.2.{number % 256} - {user} [06/May/2024:09:08:{seconds:02d} +0200] "
        f'"{asked}" {chance.choice((200, 404, "000"))} {chance.choice((12, "-", 0))}'
    )
    more = (
        f' "{chance.choice(("-", "", "https://r.example/"))}" "{chance.choice(("-", "agent, x"))}"'
    )
    return line + (more if chance.random() < 0.8 else "")


def _squid(chance: random.Random, number: int) -> str:
    method, url = chance.choice(
        (("CONNECT", "h.example:443"), ("GET", "http://h.example/p"), ("GET", "error:invalid"),
         ("CONNECT", "h"), ("GET", "ftp+x://h?q"), ("-", "http:///"))
    )  # fmt: skip
    peer = chance.choice(("198.51.100.6", "-", "peer", "2001:DB8::6"))
    return (
        f"{1714979289 + number}.{chance.randrange(1000):03d} {chance.randrange(-9, 9999):6d} "
        f"192.0.2.{number % 256} TCP_MISS/{chance.choice((200, '000'))} {number} {method} {url} "
        f"{chance.choice('-u')} HIER_DIRECT/{peer} {chance.choice(('-', 'text/html'))}"
    )


def _netfilter(chance: random.Random, number: int) -> str:
    proto = chance.choice(
        ("TCP SPT=5 DPT=80 WINDOW=4096 RES=0x00 SYN ACK URGP=0", "UDP SPT=53 DPT=99999 LEN=40",
         "ICMP TYPE=3 CODE=1 [SRC=192.0.2.9 DST=192.0.2.8 LEN=9 PROTO=UDP SPT=1 DPT=2 ]", "2",
         "ICMPv6 TYPE=128 CODE=0")
    )  # fmt: skip
    mac = ":".join(f"{number % 100:02d}" for _ in range(chance.choice((14, 14, 6))))
    prefix = chance.choice(("DROP ", "", "[UFW BLOCK] ", "fw:reject:", "in-ACCEPT ", "x"))
    hops = chance.choice(("TTL=38", "TTL= HOPLIMIT=9", "HOPLIMIT=64", ""))
    priority, day = chance.choice(("<4>", "<134>", "")), chance.choice((" 6", "16"))
    return (
        f"{priority}May {day} 07:08:{number % 60:02d} gate kernel: [{number}.25] "
        f"{prefix}IN=eth1 OUT= MAC={mac} SRC=192.0.2.{number % 256} "
        f"DST=198.51.100.{number % 200} LEN={chance.choice((44, 'x'))} TOS=0x00 "
        f"{hops} ID=9496 DF PROTO={proto}"
    )


_KINDS: dict[str, Callable[[random.Random, int], str]] = {
    "combined": _combined,
    "squid": _squid,
    "netfilter": _netfilter,
}


def _damaged(line: str, chance: random.Random) -> str:
    at = chance.randrange(len(line) + 1)
    way = chance.randrange(4)
    if way == 0:
        return line[:at]
    if way == 1:
        return line[:at] + line[at + chance.randint(1, 3) :]
    end = at if way == 2 else min(len(line), at + chance.randint(1, 12))
    return line[:at] + chance.choice(_PIECES) + line[end:]


def _log(kind: str, seed: str) -> bytes:
    chance = random.Random(seed)
    lines = [_KINDS[kind](chance, number) for number in range(400)]
    broken = [_damaged(line, chance) if chance.random() < 0.3 else line for line in lines[8:]]
    others = [chance.choice((*EVERY, *DNS)) for _ in range(20)]
    mixed = broken + others
    chance.shuffle(mixed)
    return "\n".join([*lines[:8], *mixed]).encode() + b"\n"


def _read(data: bytes, share: Share = WHOLE) -> Read:
    recognised = recognise(data[: 64 << 10])
    assert isinstance(recognised, Recognised)
    found = Read(recognised.kind, ParseResult(records=0))
    source = Source(data)
    source.modified = _MODIFIED
    found.result = recognised.parser.parse(source, found, lambda _: None, share)
    for table, rows in found.tables.items():
        if table != "log_source":
            rows.sort(key=lambda row: (row.get("first_frame", row.get("frame")), str(row)))
    return found


@pytest.mark.parametrize("kind", sorted(_KINDS))
@pytest.mark.parametrize("seed", ["a", "b"])
def test_both_ways_make_the_same_rows(
    kind: str, seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _log(kind, kind + seed)
    slow = _read(data)
    monkeypatch.setattr(log, "MANY_BYTES", 1)
    fast = _read(data)
    assert fast.tables == slow.tables
    assert fast.result == slow.result


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_most_sound_lines_are_read_by_the_column_and_known_to_one_reader_alone(kind: str) -> None:
    (block,) = blocks(Source(_log(kind, kind)), Tally())
    clock = Clock(_MODIFIED)
    readers = columns.by_column(block, clock).readers.tolist()
    assert sum(map(bool, readers)) > len(readers) // 2
    for index, name in enumerate(readers):
        if name:
            message = Message(opened(block.text(index).decode()), clock)
            knows = [reader.name for reader in ALL[:-1] if reader.read(message) is not None]
            assert knows == [name], block.text(index)


def test_threads_settle_what_lines_tell_of_each_other_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log, "MANY_BYTES", 1)
    chance = random.Random(8)
    plain = "".join(_squid(chance, number) + "\n" for number in range(18_000))
    data = (plain + "\n".join((*EVERY, *DNS, *EVERY, "")) + plain[: 1 << 19]).encode()
    assert len(data) > 2 << 20, "three blocks"
    monkeypatch.setattr(reading, "blocks", partial(blocks, block_bytes=1 << 20))
    one, three = _read(data), _read(data, Share(count=3))
    assert three.tables == one.tables
    assert three.result == one.result
