"""Recordings: planned (commands that the tools themselves accept), sized, and really made."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netcordon.collector.mirror_ports import switches
from netcordon.errors import UsageError
from netcordon.ingest.capture.selection.bpf import bpf
from netcordon.ingest.capture.selection.filter import parse_filter
from netcordon.workflow.capture_forecast import _busiest, _spread
from netcordon.workflow.capture_plan import Wish, ring_of
from tests import traffic
from tests.journeys.in_process import run

_FILTERS = {
    "host 10.0.0.5": "host 10.0.0.5",
    "src net 10.0.0.0/8 and not port 22": "src net 10.0.0.0/8 and not port 22",
    "(host 2001:db8::1 or dst port 80-90) and tcp":
        "(host 2001:db8::1 or dst portrange 80-90) and tcp",
    "net 2001:db8::/32 or arp": "net 2001:db8::/32 or (not (ip or ip6))",
    "proto 47 or icmp6 or ip": "(ip proto 47 or ip6 proto 47) or icmp6 or not (not (ip or ip6))",
}  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs"), _FILTERS.items())
def test_filters_in_the_words_of_libpcap(
    ours: str, theirs: str, engine_program: Callable[[str], str]
) -> None:
    tcpdump = engine_program("tcpdump")
    term = parse_filter(ours)
    assert bpf(term).replace("((", "(").replace("))", ")") == theirs.replace("((", "(").replace(
        "))", ")"
    )
    for tagged in (False, True):
        # -d: compile it and say so; nothing is recorded.
        done = subprocess.run(
            [tcpdump, "-y", "EN10MB", "-d", bpf(term, tagged=tagged)], capture_output=True
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.engines
def test_a_filter_lets_through_what_our_own_filter_does(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    tcpdump = engine_program("tcpdump")
    recording = traffic.Recording()
    ends = [("10.0.0.5", "10.1.0.1"), ("10.1.0.1", "10.0.0.5"), ("10.9.0.1", "10.9.0.2")]
    for number, (src, dst) in enumerate(ends * 2):
        packet = traffic.ip(src, dst, 17, traffic.udp(1000 + number, 53, b"x"))
        if number < 3:
            frame = traffic.ethernet(packet)
        else:
            frame = traffic.ethernet(b"\x00\x07\x08\x00" + packet, 0x8100)
        recording.frames.append((traffic.START_US + number, frame))
    (tmp_path / "c.pcap").write_bytes(recording.pcap())
    term = parse_filter("host 10.0.0.5 and port 53")
    for tagged, count in ((False, 2), (True, 4)):
        done = subprocess.run(
            [tcpdump, "-n", "-r", tmp_path / "c.pcap", bpf(term, tagged=tagged)],
            capture_output=True, check=True,
        )  # fmt: skip
        assert len(done.stdout.splitlines()) == count


def _plan(folder: Path, *more: str) -> dict[str, Any]:
    return run(folder / "none", "capture", "plan", "-i", "lo", *more)


def test_the_plan_is_typed_as_it_is(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "--filter", "host 10.0.0.5 and port 53", "--duration", "2h",
                 "--disk", "1G", "--snaplen", "96")["plan"]  # fmt: skip
    assert (plan["files"], plan["file_bytes"], plan["forecast"]) == (20, 50_000_000, None)
    lines = {(r["tool"], r["system"]): r["lines"] for r in plan["recorders"]}
    dumpcap = shlex.split(lines["dumpcap", "Linux"][0])
    assert dumpcap[dumpcap.index("-f") + 1] == "host 10.0.0.5 and port 53"
    assert {"filesize:50000", "files:20", "duration:7200"} <= set(dumpcap)
    tcpdump = shlex.split(lines["tcpdump", "Linux"][0])
    assert tcpdump[:3] == ["timeout", "--signal=INT", "7200"]
    assert tcpdump[-1] == "host 10.0.0.5 and port 53"
    assert '"host 10.0.0.5 and port 53"' in lines["windump", "Windows"][1]
    assert any("VLANs" in each for each in plan["cautions"])
    assert any("96 octets" in each for each in plan["cautions"])
    assert plan["seal"].startswith("netcordon evidence seal capture*.pcap* --collector")
    hostile = _plan(tmp_path, "--bpf", "host 10.0.0.5; reboot $(id) '")["plan"]
    line = hostile["recorders"][0]["lines"][0]
    assert shlex.split(line)[4] == "host 10.0.0.5; reboot $(id) '"


@pytest.mark.parametrize("kind", sorted(switches()))
def test_every_switch_can_be_told_asked_and_told_to_stop(tmp_path: Path, kind: str) -> None:
    said = ("--switch", kind, "--source", "Gi1/0/12", "--destination", "Gi1/0/48")
    told = _plan(tmp_path, *said, "--session", "7")["plan"]["mirroring"]
    text = "\n".join(line for part in ("do", "check", "undo") for line in told[part])
    assert "Gi1/0/12" in "".join(told["do"])
    assert "Gi1/0/48" in "".join(told["do"])
    assert told["check"]
    assert told["undo"]
    assert not re.search("[{}]", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-i", "eth0;reboot"),
        ("-i", "lo", "--filter", "since 2026-11-21"),
        ("-i", "lo", "--bpf", "port 53\nreboot"),
        ("-i", "lo", "--disk", "1M"),
        ("-i", "lo", "--switch", "unknown"),
        ("-i", "lo", "--switch", "junos", "--source", "ge-0/0/1", "--destination", "ge-0/0/1"),
        ("-i", "lo", "--switch", "junos", "--source", "ge-0/0/1; request", "--destination", "a"),
        ("-i", "lo", "--switch", "junos"),
    ],
)
def test_what_cannot_be_recorded_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    error = run(tmp_path / "none", "capture", "plan", *arguments)["error"]
    assert error["code"] == "NC-553"


def test_a_flow_is_spread_over_its_seconds_to_the_octet() -> None:
    rates = np.zeros(131, dtype=np.int64)
    begin, end = np.array([0, 10, 125]), np.array([119, 10, 129])
    _spread(rates, begin, end, np.array([1201, 600, 50]))
    seconds = np.cumsum(rates[:130])
    assert seconds.sum() == 1851
    assert (seconds[0], seconds[1], seconds[10], seconds[127]) == (11, 10, 610, 10)
    assert _busiest(seconds, 130) == (601 + 600) // 60
    assert ring_of(Wish(interface="lo")).files == 20
    with pytest.raises(UsageError):
        ring_of(Wish(interface="-w/etc/passwd"))


def test_the_forecast_is_what_was_there(tmp_path: Path) -> None:
    recording = traffic.Recording()
    for second in range(100):
        for port in (53, 80):
            packet = traffic.ip("10.0.0.5", "10.1.0.1", 17, traffic.udp(4000, port, bytes(958)))
            at = traffic.START_US + second * 1_000_000
            recording.frames.append((at, traffic.ethernet(packet)))
    (tmp_path / "c.pcap").write_bytes(recording.pcap())
    run(tmp_path / "ws", "investigate", str(tmp_path / "c.pcap"))

    def told(*more: str) -> dict[str, Any]:
        done = run(tmp_path / "ws", "capture", "plan", "-i", "lo", "--duration", "1000s", *more)
        return dict(done["plan"]["forecast"])

    # 1,000 octets of each frame and 34 around it.
    one = told("--filter", "port 53")
    assert (one["flows"], one["seen_s"], one["bytes_per_s"]) == (1, 100, 1034)
    assert (one["total"], one["busiest_per_s"]) == (1_034_000, 1034)
    assert told()["bytes_per_s"] == 2068
    assert told("--snaplen", "100")["bytes_per_s"] == 268
    assert told("--filter", "port 22")["bytes_per_s"] == 0


@contextmanager
def _datagrams(port: int) -> Iterator[None]:
    """Datagrams to a port of this machine, a hundred a second, while the block lasts."""
    over = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not over.wait(0.01):
                sender.sendto(b"netcordon capture test" * 40, ("127.0.0.1", port))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.engines
@pytest.mark.skipif(os.geteuid() != 0, reason="recording needs root")
@pytest.mark.parametrize("tool", ["dumpcap", "tcpdump"])
def test_a_recording_is_made_and_stands_as_evidence(
    tmp_path: Path, engine_program: Callable[[str], str], tool: str
) -> None:
    engine_program(tool)
    cut_off = tmp_path / "ws" / "evidence" / "recorded" / "20261122T010203000000Z" / "c.pcapng"
    (tmp_path / "note").write_bytes(b"makes the workspace")
    run(tmp_path / "ws", "evidence", "seal", str(tmp_path / "note"), "--collector", "Ida")
    cut_off.parent.mkdir(parents=True)
    cut_off.write_bytes(b"of a netcordon that was killed")
    with _datagrams(45_053):
        done = run(
            tmp_path / "ws", "capture", "run", "-i", "lo", "--filter", "port 45053",
            "--duration", "2s", "--tool", tool, "--collector", "Ida", "--place", "loopback",
            "--clock-offset", "0.01", "--min-free", "1M",
        )["recording"]  # fmt: skip
    assert (done["why"], done["dropped"]) in (
        ("its time was over", 0), ("the tool ended by itself", 0),
    )  # fmt: skip
    assert done["unsealed"] == [str(cut_off)]
    (item,) = done["items"]
    told = item["acquisition"]
    assert (told["collector"], told["filter"], told["clock_offset_s"]) == (
        "Ida", "port 45053", 0.01,
    )  # fmt: skip
    assert tool in told["tool"].lower()
    assert "0 dropped" in told["note"]
    (file,) = Path(done["folder"]).iterdir()
    assert file.stat().st_mode & 0o777 == 0o440
    found = run(tmp_path / "ws", "investigate", str(file))
    assert found["evidence"][0]["id"] == item["id"]
    assert found["evidence"][0]["records"] == done["packets"] > 50
    assert run(tmp_path / "ws", "verify")["ok"]


@pytest.mark.engines
@pytest.mark.skipif(os.geteuid() != 0, reason="recording needs root")
@pytest.mark.parametrize(
    ("stop", "why"),
    [
        (("--max-size", "1k"), "its size was reached"),
        (("--min-free", "900T"), "the disk had no more room"),
        ((), "somebody ended it"),
    ],
)
def test_a_recording_ends_when_it_should(
    tmp_path: Path, engine_program: Callable[[str], str], stop: tuple[str, ...], why: str
) -> None:
    engine_program("dumpcap")
    if not stop:
        timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
    began = time.monotonic()
    with _datagrams(45_054):
        done = run(
            tmp_path / "ws", "capture", "run", "-i", "lo", "--bpf", "udp port 45054", "--duration",
            "60s", "--collector", "Ida", *(stop or ("--min-free", "1M")),
        )  # fmt: skip
    assert time.monotonic() - began < 30
    if "error" in done:  # ended before a packet came: nothing is left of it
        assert (why, done["error"]["code"]) == ("the disk had no more room", "NC-555")
        assert "--min-free" in done["error"]["try"]
        assert not list((tmp_path / "ws" / "evidence" / "recorded").iterdir())
        return
    assert done["recording"]["why"] == why


@pytest.mark.engines
def test_an_interface_that_is_none_records_nothing(
    tmp_path: Path, engine_program: Callable[[str], str]
) -> None:
    engine_program("dumpcap")
    error = run(tmp_path / "ws", "capture", "run", "-i", "nosuch0", "--collector", "Ida")["error"]
    assert error["code"] == "NC-555"
    assert error["why"]
    missing = run(tmp_path / "ws", "capture", "run", "-i", "lo", "--collector", " ")["error"]
    assert missing["code"] == "NC-801"
