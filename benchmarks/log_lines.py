"""Made-up lines of devices: ordinary traffic of a thousand clients, the same on every machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
    "Safari/537.36",
    "curl/8.5.0", "-",
)  # fmt: skip
_FIRST_SECOND, _A_SECOND = 1_700_000_000, 50

Draw = Callable[[int], int]


def combined(draw: Draw, number: int) -> str:
    """An access log of a web server in the combined format."""
    stamp = _stamp("%d/%b/%Y:%H:%M:%S +0000", number)
    user = ("-", "-", "alice")[draw(3)]
    return (
        f"10.{draw(4)}.{draw(256)}.{draw(256)} - {user} [{stamp}] "
        f'"{("GET", "GET", "POST")[draw(3)]} /p/{draw(5000)}?q={draw(10**6)} HTTP/1.1" '
        f'{(200, 200, 304, 404)[draw(4)]} {draw(100_000)} "https://www.example.com/{draw(50)}" '
        f'"{_AGENTS[draw(3)]}"'
    )


def squid(draw: Draw, number: int) -> str:
    """Squid's native log."""
    name = f"h{draw(800)}.example"
    asked = f"CONNECT {name}:443" if draw(2) else f"GET http://{name}/p/{draw(9999)}"
    return (
        f"{_FIRST_SECOND + number / _A_SECOND:.3f} {draw(9000):6d} 10.0.{draw(4)}.{draw(256)} "
        f"TCP_MISS/{(200, 403)[draw(2)]} {draw(99_999)} {asked} - "
        f"HIER_DIRECT/198.51.{draw(99)}.{draw(256)} text/html"
    )


def netfilter(draw: Draw, number: int) -> str:
    """Linux's packet log."""
    return (
        f"{_stamp('%b %e %H:%M:%S', number)} gate kernel: [{number / _A_SECOND:.6f}] "
        f"{('DROP', 'ACCEPT')[draw(2)]} IN=eth1 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 "
        f"SRC=192.0.{draw(99)}.{draw(256)} DST=198.51.100.{draw(256)} LEN=44 TOS=0x00 PREC=0x00 "
        f"TTL={30 + draw(90)} ID={draw(65536)} PROTO=TCP SPT={draw(65536)} DPT={draw(65536)} "
        "WINDOW=4096 RES=0x00 SYN URGP=0"
    )


def cef(draw: Draw, number: int) -> str:
    """A firewall's connections in CEF."""
    return (
        f"CEF:0|Vendor|Wall|1|97|Connection|4|src=10.0.{draw(4)}.{draw(256)} spt={draw(65536)} "
        f"dst=198.51.100.{draw(256)} dpt=443 proto=tcp act=allow in={draw(10**6)} "
        f"out={draw(10**5)} rt={_FIRST_SECOND + number // _A_SECOND}000"
    )


KINDS = {"combined": combined, "squid": squid, "netfilter": netfilter, "cef": cef}


def lines(kind: str, count: int) -> Iterator[str]:
    """So many lines of a kind."""
    chance = np.random.default_rng(7)
    pool = chance.random(1 << 20).tolist()
    place = 0

    def draw(below: int) -> int:
        nonlocal place
        place = (place + 1) % len(pool)
        return int(pool[place] * below)

    for number in range(count):
        place = (place + number) % len(pool)
        yield KINDS[kind](draw, number)


def _stamp(form: str, number: int) -> str:
    return time.strftime(form, time.gmtime(_FIRST_SECOND + number // _A_SECOND))


PEERS = {
    "conn": {
        "zat": "from zat.log_to_dataframe import LogToDataFrame\n"
        "print(len(LogToDataFrame().create_dataframe(sys.argv[1])))",
        "parsezeeklogs": "from parsezeeklogs import ParseZeekLogs\n"
        "print(sum(1 for _ in ParseZeekLogs(sys.argv[1], output_format='json')))",
    },
    "combined": {
        "apachelogs": "from apachelogs import COMBINED, LogParser\n"
        "print(sum(1 for _ in LogParser(COMBINED).parse_lines(open(sys.argv[1]))))",
        "apache_log_parser": "import apache_log_parser\n"
        "read = apache_log_parser.make_parser('%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" "
        "\"%{User-Agent}i\"')\nprint(sum(1 for line in open(sys.argv[1]) if read(line)))",
        "clfparser": "from clfparser import CLFParser\n"
        "print(sum(1 for line in open(sys.argv[1]) if CLFParser.logDict(line)))",
    },
    "cef": {
        "pycef": "import pycef\n"
        "print(sum(1 for line in open(sys.argv[1]) if pycef.parse(line)))",
    },
}  # fmt: skip
"""Kind of log -> peer -> a program that reads each line into Python objects, and stores nothing."""


def write(kind: str, count: int, path: Path) -> None:
    """Write a log of a kind."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(line + "\n" for line in lines(kind, count))


def programs(kind: str) -> dict[str, str]:
    """What peers run, by name."""
    return {name: f"import sys\n{code}" for name, code in PEERS.get(kind, {}).items()}
