"""Reported flows equal what nfdump and tshark read of the same files, record by record."""

from __future__ import annotations

import csv
import io
import os
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from netcordon.ingest.capture.addresses import address_text
from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.ingest.capture.exports.joining import Joining
from netcordon.ingest.export_file.log import ExportFile
from netcordon.ingest.nfcapd.log import NfcapdLog
from tests.unit.ingest.capture.application.talk import Sink
from tests.unit.ingest.capture.packets import Bytes

pytestmark = [pytest.mark.corpus, pytest.mark.engines]

_FOLDER = Path(os.environ.get("NETCORDON_CORPUS", "/nonexistent")) / "netflow_flows"
_PACKINGS = {"plain": "", "lzo": "1", "bz2": "2", "lz4": "3"}
_CLOCKLESS = 1
"""Records of which the collector knows no time: nfdump prints 1970, here stands the arrival."""

Record = tuple[object, ...]


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[Any]]:
    """The records as they come, before they are joined."""
    kept: list[NDArray[Any]] = []

    def add(self: Joining, found: NDArray[Any]) -> NDArray[Any]:
        kept.append(found)
        return found[:0]

    monkeypatch.setattr(Joining, "add", add)
    return kept


def _tuples(records: list[NDArray[Any]], *, with_times: bool) -> Counter[Record]:
    found: Counter[Record] = Counter()
    for part in records:
        flows = np.ascontiguousarray(part)
        ends = [address_text(flows[f"{e}_hi"].copy(), flows[f"{e}_lo"].copy()).to_pylist()
                for e in ("src", "dst")]  # fmt: skip
        is_icmp = np.isin(flows["protocol"], (1, 58))
        ports = [
            np.where(is_icmp, 0, flows["src_port"]),
            np.where(is_icmp, flows["src_port"] * 256 + flows["dst_port"], flows["dst_port"]),
        ]
        columns = [*ends, *(one.tolist() for one in ports)]
        columns += [flows[n].tolist() for n in ("protocol", "packets_out", "octets_out")]
        columns.append(np.maximum(flows["flags_out"], 0).tolist())
        if with_times:
            columns += [(flows[n] // 1000).tolist() for n in ("start_us", "end_us")]
        found.update(zip(*columns, strict=True))
    return found


def _files(pattern: str) -> list[Path]:
    return sorted(_FOLDER.glob(pattern)) or [Path("none")]


@pytest.mark.parametrize("packing", _PACKINGS)
@pytest.mark.parametrize("path", _files("*.nf*"), ids=lambda p: p.name[:20])
def test_files_equal_nfdump(
    path: Path,
    packing: str,
    records: list[NDArray[Any]],
    tmp_path: Path,
    engine_program: Callable[[str], str],
) -> None:
    if not path.is_file():
        pytest.skip("needs the recorded flows that NETCORDON_CORPUS points at")
    nfdump = engine_program("nfdump")
    copy = path
    if packing != "plain":
        copy = tmp_path / "copy"
        subprocess.run([nfdump, "-r", path, "-w", copy, "-q"], check=True, capture_output=True)
        pack = [nfdump, "-J", _PACKINGS[packing], "-r", copy]
        subprocess.run(pack, check=True, capture_output=True)
    with copy.open("rb", buffering=0) as file:
        NfcapdLog(file, Sink()).read(lambda _: None)
    ours = _tuples(records, with_times=True)
    told = "fmt:%sa|%da|%sp|%dp|%pr|%pkt|%byt|%flg|%ts|%te"
    command = [nfdump, "-r", str(copy), "-q", "-6", "-N", "-o", told]
    text = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"}
    ).stdout
    theirs = Counter(_nfdump_record(line) for line in text.splitlines() if "|" in line)
    assert sum(ours.values()) == sum(theirs.values()) > 100
    differing = theirs - ours
    assert sum(differing.values()) <= _CLOCKLESS
    assert all(record[8] == 0 for record in differing)


_FLAGS = {"U": 32, "A": 16, "P": 8, "R": 4, "S": 2, "F": 1}


def _nfdump_record(line: str) -> Record:
    src, dst, sport, dport, proto, packets, octets, flags, first, last = (
        part.strip() for part in line.split("|")
    )
    number = int(proto)
    if number in (1, 58):
        kind, _, code = dport.partition(".")
        dport = str(int(kind) * 256 + int(code or 0))
    bits = sum(_FLAGS.get(letter, 0) for letter in flags) if number == 6 else 0
    begin, end = (_milliseconds(one) for one in (first, last))
    return (
        src, dst, int(sport), int(dport), number, int(packets), int(octets), bits, begin,
        max(begin, end),
    )  # fmt: skip


def _milliseconds(text: str) -> int:
    """Of a time as nfdump prints it; 0 for one that it cannot print."""
    try:
        when = datetime.strptime(f"{text}+0000", "%Y-%m-%d %H:%M:%S.%f%z")
    except ValueError:
        return 0
    return round(when.timestamp() * 1000)


@pytest.mark.parametrize("path", _files("*.pcap"), ids=lambda p: p.name[:20])
def test_datagrams_equal_tshark(
    path: Path, records: list[NDArray[Any]], engine_program: Callable[[str], str]
) -> None:
    if not path.is_file():
        pytest.skip("needs the recorded flows that NETCORDON_CORPUS points at")
    tshark = engine_program("tshark")
    layer = ApplicationLayer()
    with path.open("rb", buffering=0) as file:
        decode(file, Sink(), lambda _: None, layer)
    ours = _tuples(records, with_times=False)
    theirs, ports = _tshark_records(tshark, path)
    assert Counter((r[0], r[1], r[4], r[5], r[6]) for r in ours.elements()) == theirs
    for place in (2, 3):
        mine = Counter(r[place] for r in ours.elements() if r[4] != 1)
        assert not (mine - ports[place - 2]) - Counter({0: 1 << 20})


def _tshark_records(
    tshark: str, path: Path
) -> tuple[Counter[Record], tuple[Counter[int], Counter[int]]]:
    """Addresses, protocol, packets and octets of each record, and all ports that were told.

    Templates of some protocols hold no ports, so these do not stand beside the records.
    """
    command = [tshark, "-r", str(path), "-T", "fields", "-E", "separator=|", "-E", "aggregator=;"]
    seen = subprocess.run(
        [tshark, "-r", str(path), "-T", "fields", "-e", "udp.dstport"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    for port in sorted(set(seen)):
        command += ["-d", f"udp.port=={port},cflow"]
    for name in ("srcaddr", "dstaddr", "protocol", "packets", "octets", "srcport", "dstport"):
        command += ["-e", f"cflow.{name}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: Counter[Record] = Counter()
    ports: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for row in csv.reader(io.StringIO(text), delimiter="|"):
        cells = [cell.split(";") if cell else [] for cell in row]
        numbers = (map(int, cell) for cell in cells[2:5])
        found.update(zip(cells[0], cells[1], *numbers, strict=True))
        for count, cell in zip(ports, cells[5:], strict=True):
            count.update(map(int, cell))
    return found, ports


_VENDORS = {
    "barracuda": (8, "tpl", "data256"), "mikrotik": (46, "tpl", "data258", "data259"),
    "nokia_bras": (1, "tpl", "data256"), "procera": (8, "tpl52935", "data52935"),
    "viptela": (1, "tpl257", "data257"), "cisco_asa_1": (14, "tpl", "data"),
    "yaf": (2, "tpls_option_tpl", "tpl45841", "data45841", "data45873", "data53248"),
    "cisco_nbar": (5, "tpl262", "opttpl260", "data262"), "huawei_netstream": (1, "tpl", "data"),
    "fortigate_fortios_521": (1, "tpl", "data256", "data257"), "h3c": (16, "tpl3281", "data3281"),
    "macaddr": (29, "tpl", "data"), "streamcore": (4, "tpl_data256", "tpl_data260"),
    "paloalto_81": (1, "tpl256-263", "data257_1flowset_in_large_zerofilled_packet"),
}  # fmt: skip
"""Exporter -> records of flows that tshark 4.0 reads, and its datagrams. Of the datagram of h3c
tshark reads the first of 16 sets, as many as the header counts; all of them are sound."""


@pytest.mark.parametrize("vendor", _VENDORS)
def test_templates_of_many_vendors_are_read(vendor: str) -> None:
    folder = _FOLDER.parent / "netflow_datagrams"
    count, *parts = _VENDORS[vendor]
    found = [sorted(folder.glob(f"*_test_{vendor}_{part}.dat")) for part in parts]
    if not all(found):
        pytest.skip("needs the recorded datagrams that NETCORDON_CORPUS points at")
    data = b"".join(path.read_bytes() for (path,) in found)
    sink = Sink()
    result = ExportFile(Bytes(data), sink).read(lambda _: None)
    assert (result.facts["netflow_records"], result.refused) == (count, {})
    rows = sink.rows["network_activity"]
    assert sum(int(str(row["flow_records"])) for row in rows) == count
    assert {row["start_time"].year for row in rows} <= set(range(2015, 2019))  # type: ignore[attr-defined]
