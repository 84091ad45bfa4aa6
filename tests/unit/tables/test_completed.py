"""What Zeek tells in two logs is told by one row: certificates of handshakes, places of files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from tests.unit.ingest.zeek.test_text_log import log
from tests.unit.tables.test_log_sets import keep

ENDS = "id.orig_h id.orig_p id.resp_h id.resp_p"
FLOW = "192.0.2.1 4000 198.51.100.2 443"
PRINT = "ab" * 32
X509 = (
    "ts {name} certificate.serial certificate.subject certificate.issuer "
    "certificate.not_valid_before certificate.not_valid_after san.dns"
)


def ssl(t: str, uid: str, chain: str, field: str) -> bytes:
    fields = f"ts uid {ENDS} version cipher curve {field}"
    return log("ssl", fields, f"{t} {uid} {FLOW} TLSv12 TLS_X secp256r1 {chain}")


def x509(t: str, reference: str, name: str, subject: str = "CN=a", issuer: str = "CN=a") -> bytes:
    line = f"{t} {reference} 01 {subject} {issuer} 100.0 200.0 a.example,b.example"
    return log("x509", X509.format(name=name), line)


@pytest.mark.parametrize(
    ("name", "field", "reference"),
    [("id", "cert_chain_fuids", "F1"), ("fingerprint", "cert_chain_fps", PRINT)],
    ids=["file", "fingerprint"],
)
@pytest.mark.parametrize("as_one", [True, False], ids=["as one", "apart"])
def test_a_handshake_tells_the_certificate_of_the_other_log(
    tmp_path: Path, name: str, field: str, reference: str, *, as_one: bool
) -> None:
    lake = Lake(tmp_path)
    keep(lake, "ev-a", ssl("150.5", "C1", f"{reference},F2", field))
    keep(lake, "ev-b", x509("50.5", reference, name))
    keep(lake, "ev-c", x509("51.5", reference, name, subject="CN=later"))
    asked = (
        "SELECT certificate_subject AS s, is_self_signed AS own, not_before AS born, "
        "certificate_names AS names, certificate_sha256 AS sha256 FROM tls_activity"
    )
    since = datetime(1970, 1, 1, 0, 2)
    with Engine(lake, ["ev-a", "ev-b", "ev-c"], since=since, logs_as_one=as_one) as engine:
        (row,) = engine.query(asked)
        assert engine.query("FROM certificate") == []
    assert row["s"] == "CN=a"
    assert row["own"] is True
    assert row["born"] == datetime(1970, 1, 1, 0, 1, 40)
    assert row["names"] == ["a.example", "b.example"]
    assert row["sha256"] == (PRINT if name == "fingerprint" else None)


def test_a_certificate_of_somebody_else_completes_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    keep(lake, "ev-a", ssl("10.5", "C1", "F9", "cert_chain_fuids"))
    keep(lake, "ev-b", x509("10.5", "F1", "id", issuer="CN=ca"))
    with Engine(lake, ["ev-a", "ev-b"]) as engine:
        (row,) = engine.query("SELECT certificate_subject AS s, is_self_signed FROM tls_activity")
        assert row == {"s": None, "is_self_signed": None}


def test_a_file_tells_where_it_was_asked_for(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    fields = f"ts uid {ENDS} trans_depth method host uri orig_fuids resp_fuids"
    request = "10.5 C1 192.0.2.1 4000 198.51.100.2 8080 1 GET site.example:8080 /a.exe - F1,F2"
    keep(lake, "ev-a", log("http", fields, request))
    fields = "ts fuid tx_hosts rx_hosts conn_uids source mime_type is_orig seen_bytes"
    lines = [
        f"10.6 {fuid} 198.51.100.2 192.0.2.1 C1 HTTP application/x-dosexec F 10"
        for fuid in ("F2", "F3")
    ]
    keep(lake, "ev-b", log("files", fields, *lines))
    with Engine(lake, ["ev-a", "ev-b"], logs_as_one=True) as engine:
        asked = "SELECT origin, src_port, dst_port, dst_ip FROM file_activity ORDER BY frame"
        known, unknown = engine.query(asked)
    assert known == {
        "origin": "http://site.example:8080/a.exe", "src_port": 4000, "dst_port": 8080,
        "dst_ip": "198.51.100.2",
    }  # fmt: skip
    assert unknown == {"origin": None, "src_port": None, "dst_port": None, "dst_ip": "198.51.100.2"}
