"""The same recording by several tools, as commands to be typed."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from netcordon.model.capture_plan import Recorder

KILOBYTE, MEGABYTE = 1000, 1_000_000
BUFFER_MIB = 64
"""Buffer of the kernel: a burst that the disk does not take at once is not lost."""


@dataclass(frozen=True, kw_only=True)
class Ring:
    """A recording into a ring of files.

    Attributes:
        interface: where; ``bpf``: empty for everything.
        snaplen: octets of each frame; 0 for all.
        files: at most so many; ``file_bytes``: of each.
        duration_s: until it ends by itself.
    """

    interface: str
    bpf: str
    snaplen: int
    files: int
    file_bytes: int
    duration_s: int


def dumpcap(ring: Ring, out: str) -> list[str]:
    """Arguments of dumpcap (pcapng)."""
    return ["dumpcap", *_wireshark(ring, out), "-B", str(BUFFER_MIB)]


def tcpdump(ring: Ring, out: str) -> list[str]:
    """Arguments of tcpdump (pcap); it ends when it is told to."""
    return [
        "tcpdump", "-i", ring.interface, "-n", "-s", str(ring.snaplen),
        "-B", str(BUFFER_MIB * 1024), "-C", str(max(ring.file_bytes // MEGABYTE, 1)),
        "-W", str(ring.files), "-Z", "root", "-w", out, *([ring.bpf] if ring.bpf else []),
    ]  # fmt: skip


def recorders(ring: Ring) -> tuple[Recorder, ...]:
    """The commands, on Linux and on Windows."""
    timed = ["timeout", "--signal=INT", str(ring.duration_s), *tcpdump(ring, "capture.pcap")]
    return (
        Recorder(
            tool="dumpcap", system="Linux", lines=(shlex.join(dumpcap(ring, "capture.pcapng")),)
        ),
        Recorder(tool="tcpdump", system="Linux", lines=(shlex.join(timed),)),
        Recorder(
            tool="tshark", system="Linux",
            lines=(shlex.join(["tshark", *_wireshark(ring, "capture.pcapng")]),),
        ),
        Recorder(
            tool="dumpcap", system="Windows",
            lines=("dumpcap -D", _windows([
                "dumpcap", *_wireshark(replace(ring, interface="1"), "capture.pcapng"),
            ])),
        ),
        Recorder(
            tool="windump", system="Windows",
            lines=("windump -D", _windows([
                "windump", "-i", "1", "-n", "-s", str(ring.snaplen or 65535), "-C",
                str(max(ring.file_bytes // MEGABYTE, 1)), "-W", str(ring.files), "-w",
                "capture.pcap", *([ring.bpf] if ring.bpf else []),
            ])),
        ),
        Recorder(
            tool="pktmon", system="Windows without tools",
            lines=(
                "pktmon start --capture --comp nics --pkt-size "
                f"{ring.snaplen} --file-name capture.etl --log-mode circular --file-size "
                f"{max(ring.files * ring.file_bytes // (1 << 20), 1)}",
                "pktmon stop",
                "pktmon etl2pcap capture.etl --out capture.pcapng",
            ),
        ),
    )  # fmt: skip


def _wireshark(ring: Ring, out: str) -> list[str]:
    return [
        "-i", ring.interface, *(["-f", ring.bpf] if ring.bpf else []),
        *(["-s", str(ring.snaplen)] if ring.snaplen else []),
        "-b", f"filesize:{max(ring.file_bytes // KILOBYTE, 1)}", "-b", f"files:{ring.files}",
        "-a", f"duration:{ring.duration_s}", "-w", out,
    ]  # fmt: skip


def _windows(arguments: list[str]) -> str:
    """For cmd.exe; a filter of ours has letters, digits, blanks, parentheses, dots and colons."""
    return " ".join(f'"{each}"' if set(each) & set(' ()"&|<>^') else each for each in arguments)
