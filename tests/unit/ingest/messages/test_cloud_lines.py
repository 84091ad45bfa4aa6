"""Lines of text that clouds and identity providers write, and JSON within messages of syslog."""

from __future__ import annotations

import json

import pytest

from tests.unit.ingest.records.clouds import GUARDDUTY
from tests.unit.ingest.text.logs import read

OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
S3 = (
    f"{OWNER} bucket-1 [01/May/2024:10:00:00 +0000] 192.0.2.3 {OWNER} 3E57427F3EXAMPLE "
    'REST.GET.OBJECT a%20b.txt "GET /bucket-1/a%20b.txt?x=1 HTTP/1.1" 403 AccessDenied 243 - 7 - '
    '"-" "S3Console/0.4 \\"x\\"" - hostid SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader h TLSV1.2'
)
S3_WITHOUT = (
    f"{OWNER} bucket-1 [01/May/2024:10:00:00 +0000] - - 3E57427F3EXAMPLE "
    'S3.EXPIRE.OBJECT old.txt "-" - - - 55 - - "-" "-" -'
)
ALB = (
    "https 2024-05-01T10:00:00.186641Z app/front/50dc6c495c0c9188 192.0.2.3:2817 10.0.0.1:80 0.086 "
    '0.048 0.037 200 200 34 366 "GET https://www.example.com:443/a?b=1 HTTP/2.0" "curl/7.46.0" '
    'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:x "Root=1" "www.example.com" "-" 0'
)
ELB = (
    "2024-05-01T10:00:00.945958Z my-loadbalancer 192.0.2.3:2817 - -1 -1 -1 503 0 0 0 "
    '"GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -'
)
PING = (
    '2024-05-01 10:00:00,682 trackingid="tid:a" event="AUTHN_ATTEMPT" subject="bob" '
    'ip="192.0.2.3" connectionid="https://sp.example" protocol="SAML20" status="failure" '
    'description="bad password" connectionname=""'
)
PING_BARS = (
    "2024-05-01 10:00:00,682| tid:a| SSO| bob| 192.0.2.3| | https://sp.example| SAML20| h| IdP| "
    "success| adapter| | 44"
)
JSON = "<134>1 2024-05-01T10:00:01Z collector guardduty - - - " + json.dumps(GUARDDUTY)
CEE = "<134>May  1 10:00:01 collector app[7]: @cee: " + json.dumps(
    {"_index": "x", "_source": GUARDDUTY}
)
LINES = (S3, S3_WITHOUT, ALB, ELB, PING, PING_BARS, JSON, CEE)

CASES = (
    (S3, "http_activity", {"src_ip": "192.0.2.3", "host": "bucket-1", "status_code": 403,
                           "account": OWNER, "uri": "/bucket-1/a%20b.txt?x=1", "method": "GET",
                           "response_body_bytes": 243}),
    (S3_WITHOUT, "http_activity", {"src_ip": None, "method": "S3.EXPIRE.OBJECT", "uri": "old.txt"}),
    (ALB, "http_activity", {"src_ip": "192.0.2.3", "src_port": 2817, "dst_ip": "10.0.0.1",
                            "dst_port": 80, "host": "www.example.com", "status_code": 200,
                            "response_body_bytes": 366, "user_agent": "curl/7.46.0"}),
    (ELB, "http_activity", {"dst_ip": None, "status_code": 503, "host": "www.example.com"}),
    (PING, "authentication", {"src_ip": "192.0.2.3", "account": "bob", "outcome": "failure",
                              "status_detail": "bad password", "provider": "pingfederate"}),
    (PING_BARS, "authentication", {"account": "bob", "outcome": "success", "method": "adapter",
                                   "domain": "https://sp.example"}),
    (JSON, "detection_finding", {"src_ip": "198.51.100.7", "product": "guardduty"}),
    (CEE, "detection_finding", {"src_ip": "198.51.100.7", "product": "guardduty"}),
)  # fmt: skip


@pytest.mark.parametrize(("line", "table", "wanted"), CASES)
def test_a_line_says_what_it_documents(line: str, table: str, wanted: dict[str, object]) -> None:
    found = read((line + "\n").encode())
    assert found.adds_up
    row = found.only(table)
    assert {name: row[name] for name in wanted} == wanted
    assert str(row["time"]).startswith("2024-05-01 10:00:00")


def test_they_stand_in_one_file_and_cut_lines_cost_themselves_only() -> None:
    cut = [line[: len(line) // 3] for line in LINES]
    found = read("\n".join([*LINES, *cut]).encode())
    assert found.adds_up
    assert found.result.records == 2 * len(LINES)
    assert sum(found.result.refused.values()) == len(cut)
