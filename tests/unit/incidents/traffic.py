"""Hand-made rows in a real lake under the real engine, and findings about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from netcordon.incidents.build import IncidentReport, build_incidents
from netcordon.model.finding import EvidenceRows, Finding, Term
from netcordon.model.severity import Severity
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.tables.names import add_names
from tests.unit.tables.rows import batch

START = datetime(2024, 5, 1, 9, 0, 0)
HOME = ("10.0.0.0/8",)
KNOWN = (("windowsupdate.com", "update", "updates"), ("dropbox.com", "sync", "files"))


def at(minutes: float) -> datetime:
    """A time of the story."""
    return START + timedelta(minutes=minutes)


def micros(time: datetime) -> int:
    """As the lake wants it."""
    return int(time.replace(tzinfo=UTC).timestamp() * 1_000_000)


class Traffic:
    """Rows by table, in the order of frames."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self.frame = 0

    def put(self, table: str, time: datetime, **columns: object) -> int:
        """Add a row; returns its frame."""
        self.frame += 1
        time_column = "start_time" if table == "network_activity" else "time"
        row = {time_column: micros(time), "frame": self.frame, **columns}
        self.rows[table].append(row)
        return self.frame

    def flow(
        self, minute: float, src: str, dst: str, port: int, *, out: int = 200, back: int = 300,
        protocol: str = "tcp", service: str | None = None, state: str = "SF", seconds: float = 1.0,
        packets: tuple[int, int] = (6, 5), src_port: int | None = None, **columns: object,
    ) -> int:  # fmt: skip
        """Add a flow; returns its first frame."""
        answered = packets[1] > 0
        frame = self.frame + 1
        return self.put(
            "network_activity", at(minute),
            **{
                "uid": f"C{frame}", "end_time": micros(at(minute) + timedelta(seconds=seconds)),
                "duration_s": seconds, "src_ip": src, "dst_ip": dst, "dst_port": port,
                "src_port": src_port if src_port is not None else 40_000 + frame,
                "protocol": protocol, "service": service, "conn_state": state,
                "packets_out": packets[0], "packets_in": packets[1],
                "payload_bytes_out": out, "payload_bytes_in": back if answered else 0,
                "ip_bytes_out": out + 40 * packets[0], "ip_bytes_in": back + 40 * packets[1],
                "ttl_min_out": 64, "ttl_max_out": 64,
                "ttl_min_in": 52 if answered else None, "ttl_max_in": 52 if answered else None,
                "ip_id_pattern_out": "incremental", "ip_id_pattern_in": "zero",
                "tcp_flags_out": 27, "tcp_flags_in": 27 if answered else 0,
                "is_fragment": False, "first_frame": frame, "last_frame": frame,
            } | columns,
        )  # fmt: skip

    def dns(self, minute: float, src: str, resolver: str, name: str, **columns: object) -> int:
        """Add a question."""
        return self.put(
            "dns_activity", at(minute),
            **{"src_ip": src, "dst_ip": resolver, "dst_port": 53, "src_port": 5000,
               "protocol": "udp", "service": "dns", "is_response": False, "query": name,
               "query_type": "A"} | columns,
        )  # fmt: skip

    def http(self, minute: float, src: str, dst: str, uri: str, **columns: object) -> int:
        """Add a request with its response."""
        return self.put(
            "http_activity", at(minute),
            **{"src_ip": src, "dst_ip": dst, "dst_port": 80, "src_port": 5000, "method": "GET",
               "host": dst, "uri": uri, "version": "1.1", "status_code": 200,
               "response_body_bytes": 90_000, "response_time": micros(at(minute + 0.1))} | columns,
        )  # fmt: skip

    def is_called(self, ip: str, minute: float = 0, **columns: object) -> None:
        """Add what a host says of itself."""
        self.frame += 1
        self.rows["host_identity"].append(
            {"ip": ip, "source": "dhcp", "first_seen_time": micros(at(minute)),
             "last_seen_time": micros(at(minute + 600)), "count": 3, "first_frame": self.frame}
            | columns
        )  # fmt: skip

    def engine(self, folder: Path, home: Sequence[str] = HOME) -> Engine:
        """The engine over these rows."""
        lake = Lake(folder)
        staging = lake.stage()
        for table, rows in self.rows.items():
            staging.append(table, batch(table, rows))
        lake.commit(staging, "ev-1")
        engine = Engine(lake, ["ev-1"])
        engine.set_home_nets(home)
        add_names(engine)
        columns = ("registered_domain", "kind", "note")
        engine.add_table(
            "known_service",
            pa.table({c: [row[i] for row in KNOWN] for i, c in enumerate(columns)}),
        )
        return engine


def find(
    finding_id: str, detector: str, technique: str, minutes: tuple[float, float], src: object,
    dst: object, *, ports: Sequence[int] = (), names: Sequence[str] = (),
    severity: Severity = Severity.HIGH, confidence: float = 0.9, succeeded: bool | None = None,
    title: str | None = None, protocol: str = "tcp", accounts: Sequence[str] = (),
    facts: Mapping[str, object] | None = None,
) -> Finding:  # fmt: skip
    """A finding as a detector would make it."""
    return Finding(
        id=finding_id,
        detector=detector,
        title=title or f"{detector} from {src} to {dst}",
        severity=severity,
        confidence=confidence,
        src_ips=(src,) if isinstance(src, str) else tuple(src),  # type: ignore[arg-type]
        dst_ips=(dst,) if isinstance(dst, str) else tuple(dst),  # type: ignore[arg-type]
        dst_names=tuple(names),
        dst_ports=tuple(ports),
        protocol=protocol,
        accounts=tuple(accounts),
        techniques=(technique,),
        first_seen_time=at(minutes[0]),
        last_seen_time=at(minutes[1]),
        terms={"regular": Term(contribution=2.0, value=1)},
        facts=dict(facts or {}),
        evidence_rows=(
            EvidenceRows(evidence_id="ev-1", table="network_activity", frames=(1,), total=1),
        ),
        succeeded=succeeded,
    )


def build(
    traffic: Traffic, findings: Sequence[Finding], folder: Path, home: Sequence[str] = HOME
) -> IncidentReport:
    """Incidents of rows and findings."""
    with traffic.engine(folder, home) as engine:
        return build_incidents(engine, findings, home_nets=home)
