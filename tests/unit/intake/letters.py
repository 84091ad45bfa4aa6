"""Letters made by hand: what users, providers and programs send, every address reserved."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from netcordon.intake.reading import Circumstances, read_report
from netcordon.model.intake import Channel, IntakeRules, Report

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RULES = IntakeRules(domains=("corp.example",), mail_servers=("mx.corp.example",))
OUR_HOST = "198.18.5.20"
PROGRAM = b"MZ\x90\x00" + bytes(60)


def ours(type_: str, value: str) -> bool:
    """Ours is 198.18.0.0/16 and corp.example."""
    return value.startswith("198.18.") if type_ == "address" else value.endswith("corp.example")


def read(content: bytes, channel: Channel | None = None, rules: IntakeRules = RULES) -> Report:
    """As the program reads it."""
    around = Circumstances(now=NOW, rules=rules, ours=ours, channel=channel)
    return read_report(content, "letter.eml", around)


def values(report: Report, type_: str) -> set[str]:
    """Observables of a type."""
    return {one.value for one in report.observables if one.type == type_}


def mail(body: str, *, subject: str = "Hello", sender: str = "a@b.example", **more: str) -> bytes:
    """A mail of plain text; ``more`` are headers, ``_`` for the hyphen."""
    heads = {
        "From": sender, "To": "abuse@corp.example", "Subject": subject,
        "Date": "Sun, 22 Nov 2026 10:00:00 +0100", "Message-ID": "<1@b.example>",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    return ("".join(f"{k}: {v}\r\n" for k, v in heads.items()) + "\r\n" + body).encode()


USER = (
    b"Received: from out.corp.example (out.corp.example [198.18.1.1]) by mx.corp.example; x\n"
    b"Authentication-Results: mx.corp.example; spf=pass (ok) smtp.mailfrom=corp.example;\n"
    b" dkim=pass header.d=corp.example\n"
    b"From: =?utf-8?b?SsO8cmdlbg==?= <j@corp.example>\nTo: helpdesk@corp.example\n"
    b"Subject: =?iso-8859-1?q?Seltsames_Fenster=A0hier?=\n"
    b"Date: Sun, 22 Nov 2026 09:00:00 +0100\nMessage-ID: <u1@corp.example>\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html\n\n'
    b"<style>p{}</style><p>Seit 21.11.2026 um 22:35 auf PC-042</p>"
    b'<a href="http://dl.evil.example/tool.exe">hier</a> und hxxps://api.evil[.]example/check'
    b"<script>document.location='http://script.example/'</script>\n--b\n"
    b'Content-Type: application/pdf; name="../../etc/rechnung.pdf"\n'
    b"Content-Transfer-Encoding: base64\n"
    b'Content-Disposition: attachment; filename="../../etc/rechnung.pdf"\n\n'
    + base64.b64encode(PROGRAM) + b"\n--b--\n"
)  # fmt: skip

ARF = b"""From: <abuse@isp.example>
Date: Sat, 21 Nov 2026 17:40:36 -0500
Subject: FW: Earn money
To: <abuse@corp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="p"

--p
Content-Type: text/plain

Please reply within 2 days.

--p
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Arrival-Date: Sat, 21 Nov 2026 14:00:00 -0500
Source-IP: 198.18.5.20
Reporting-MTA: dns; mail.isp.example
Reported-Domain: spam.example
Reported-Uri: http://spam.example/earn.html

--p
Content-Type: message/rfc822

From: <seller@spam.example>
Received: from host.spam.example (x [198.18.5.20]) by isp.example; Sat, 21 Nov 2026 14:00:00 -0500
To: <nobody@isp.example>
Subject: Earn money
Message-ID: <m1@spam.example>
Content-Type: text/plain

Visit hxxp://other[.]example/win
--p--
"""

XARF_4: Mapping[str, object] = {
    "xarf_version": "4.0.0", "report_id": "550e8400-e29b-41d4-a716-446655440000",
    "timestamp": "2026-11-21T22:00:00Z", "source_identifier": OUR_HOST, "source_port": 49822,
    "reporter": {"org": "Example CERT", "contact": "Cert@cert.example", "domain": "cert.example"},
    "sender": {"org": "Example CERT", "contact": "cert@cert.example", "domain": "cert.example"},
    "category": "connection", "type": "login_attack", "protocol": "tcp",
    "first_seen": "2026-11-21T22:00:00+01:00", "last_seen": "2026-11-21T23:30:00+01:00",
    "destination_ip": "203.0.113.9", "destination_port": 22,
    "evidence": [{"content_type": "text/plain",
                  "payload": base64.b64encode(b"login from evil.example").decode()},
                 {"content_type": "image/png", "payload": base64.b64encode(b"no.example").decode()},
                 "no evidence"],
}  # fmt: skip
XARF_3: Mapping[str, object] = {
    "Version": "3",
    "ReporterInfo": {"ReporterOrg": "Netz AG", "ReporterOrgEmail": "abuse@netz.example"},
    "Report": {"ReportClass": "Activity", "ReportType": "LoginAttack", "ReportID": "N-77",
               "Date": "2026-11-21T21:40:00Z", "SourceIp": OUR_HOST, "SourcePort": "40000",
               "DestinationIp": "203.0.113.9", "DestinationPort": 22,
               "Samples": [{"ContentType": "text/plain", "Base64Encoded": False,
                            "Payload": "Failed password for svc-web from 198.18.5.20 port 4"}]},
}  # fmt: skip
XARF_02 = (
    "---\nReported-From: fail2ban@list.example\nCategory: abuse\nReport-Type: login-attack\n"
    "Service: ssh\nVersion: 0.2\nUser-Agent: Fail2BanFeedBackScript 0.2\n"
    "Date: Sat, 21 Nov 2026 22:15:15 +0100\nSource-Type: ip-address\nSource: 198.18.5.20\n"
    "Port: 22\nReport-ID: 99887@list.example\nAttachment: text/plain\n"
)
SHADOWSERVER = (
    '"timestamp","ip","port","protocol","asn","tag","dst_ip","dst_port"\n'
    '"2026-11-20 03:00:07","198.18.5.20","49152","tcp","64500","avalanche","203.0.113.9","80"\n'
    '"2026-11-21 04:00:00.5","198.18.5.21","","tcp","64500","open-rdp","",""\n'
    '"broken","row"\n'
)


def attached(name: str, media: str, content: bytes, *, sender: str, subject: str) -> bytes:
    """A mail with one thing attached."""
    head = mail("See what is attached.", sender=sender, subject=subject,
                Content_Type='multipart/mixed; boundary="q"').split(b"\r\n\r\n")[0]  # fmt: skip
    return (
        head + b"\r\n\r\n--q\nContent-Type: text/plain\n\nSee what is attached.\n--q\n"
        + f'Content-Type: {media}\nContent-Disposition: attachment; filename="{name}"\n'.encode()
        + b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(content) + b"\n--q--\n"
    )  # fmt: skip


EVERY = {
    "user": USER,
    "arf": ARF,
    "xarf 4": json.dumps(XARF_4).encode(),
    "xarf 3": json.dumps(XARF_3, indent=1).encode(),
    "xarf 3 attached": attached("r.json", "application/json", json.dumps(XARF_3).encode(),
                                sender="a@netz.example", subject="abuse"),
    "x-arf 0.2": attached("report.txt", "text/plain", XARF_02.encode(),
                          sender="fail2ban@list.example", subject="abuse report"),
    "shadowserver": attached("2026-11-21-drone.csv", "text/csv", SHADOWSERVER.encode(),
                             sender="autoreports@shadowserver.org",
                             subject="[Shadowserver] example.net Sinkhole report: 2026-11-21"),
    "plain": mail("From 203.0.113.9 port 22, TLP:RED\nDeadline: 24.11.2026 12:00 CET"),
}  # fmt: skip
"""A letter of each form; the fuzz damages them."""
