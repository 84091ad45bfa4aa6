"""What is read of a letter: who, what, when, until when, and what it names."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from netcordon.ingest.letters.kind import kind_of
from netcordon.model.handling import TLP
from netcordon.model.intake import Channel, IntakeRules, Support
from tests.unit.ingest.text.logs import read as read_log
from tests.unit.intake.letters import (
    ARF,
    EVERY,
    NOW,
    OUR_HOST,
    PROGRAM,
    USER,
    mail,
    read,
    values,
)


@pytest.mark.parametrize("name", EVERY)
def test_every_form_is_recognised_by_its_content(name: str) -> None:
    assert kind_of(EVERY[name]) == ("xarf" if name in ("xarf 4", "xarf 3") else "mail")
    assert kind_of(EVERY[name].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")) is not None


@pytest.mark.parametrize(
    "other",
    [b"", b"{}", b'{"id": "x", "xarf_version_": 1}', b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: y\r\nMessage-ID: z\r\n\r\n",
     b"src=1.2.3.4 dst=5.6.7.8\nsubject: x\nfrom: y\n", b"\xd4\xc3\xb2\xa1" + bytes(60)],
)  # fmt: skip
def test_other_evidence_is_no_letter(other: bytes) -> None:
    assert kind_of(other) is None


def test_a_users_mail_names_sender_time_links_and_the_hash_of_what_is_attached() -> None:
    report = read(USER)
    assert report.channel is Channel.USER
    assert (report.reporter.name, report.reporter.mail) == ("Jürgen", "j@corp.example")
    assert report.reporter.support is Support.VOUCHED
    assert report.subject == "Seltsames Fenster\xa0hier"
    assert values(report, "url") == {
        "http://dl.evil.example/tool.exe", "https://api.evil.example/check"
    }  # fmt: skip
    (seen,) = report.seen
    assert (seen.text, seen.zone, seen.assumed) == ("21.11.2026 um 22:35", "", "+0100")
    assert seen.time == datetime(2026, 11, 21, 21, 35, tzinfo=UTC)
    (part,) = report.attached
    assert (part.kind, part.media, part.bytes) == ("pe", "application/pdf", len(PROGRAM))
    assert part.sha256 == hashlib.sha256(PROGRAM).hexdigest()
    assert values(report, "sha256") == {part.sha256}
    assert "script.example" not in str(report)
    assert not report.concerns_us
    assert report.due == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert "24 hours" in report.due_why


def test_a_feedback_report_names_source_and_the_mail_that_is_complained_of() -> None:
    report = read(ARF)
    assert report.format == "ARF"
    assert report.channel is Channel.OUTSIDER
    assert report.reporter.organisation == "mail.isp.example"
    assert report.reference == "m1@spam.example"
    assert report.concerns_us
    assert [o.value for o in report.observables if o.role == "source"] == [OUR_HOST]
    assert "http://other.example/win" in values(report, "url")
    assert "seller@spam.example" in values(report, "mail")
    assert report.seen[0].zone == "-0500"
    assert report.due == datetime(2026, 11, 23, 22, 40, 36, tzinfo=UTC)
    assert report.due_why == "the report: 'within 2 days'"


@pytest.mark.parametrize(
    ("name", "form", "reference", "organisation"),
    [
        ("xarf 4", "XARF 4.0.0", "550e8400-e29b-41d4-a716-446655440000", "Example CERT"),
        ("xarf 3", "XARF 3", "N-77", "Netz AG"),
        ("xarf 3 attached", "XARF 3", "N-77", "Netz AG"),
        ("x-arf 0.2", "X-ARF 0.2", "99887@list.example", ""),
        ("shadowserver", "table of hosts", "", ""),
    ],
)
def test_reports_in_a_machines_form_name_the_source(
    name: str, form: str, reference: str, organisation: str
) -> None:
    report = read(EVERY[name])
    assert (report.format, report.reference) == (form, reference)
    assert report.reporter.organisation == organisation
    assert report.channel is Channel.OUTSIDER
    assert report.concerns_us
    sources = [o.value for o in report.observables if o.role == "source"]
    assert sources[0] == OUR_HOST
    assert report.seen[0].time is not None
    assert report.seen[0].zone


def test_times_of_xarf_keep_their_zone_and_samples_are_read() -> None:
    report = read(EVERY["xarf 4"])
    first, last = report.seen
    assert (first.text, first.zone) == ("2026-11-21T22:00:00+01:00", "+01:00")
    assert last.time == datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert "evil.example" in values(report, "domain")
    assert "no.example" not in values(report, "domain"), "a picture is no text"
    assert report.reporter.mail == "cert@cert.example"
    assert report.reporter.support is Support.NOTHING
    assert values(read(EVERY["xarf 3"]), "account") == {"svc-web"}


def test_a_table_of_hosts_gives_each_row_and_its_times_are_utc() -> None:
    report = read(EVERY["shadowserver"])
    assert {o.value for o in report.observables if o.role == "source"} == {
        OUR_HOST, "198.18.5.21"
    }  # fmt: skip
    assert [m.zone for m in report.seen] == ["Z", "Z"]
    assert report.seen[1].time == datetime(2026, 11, 21, 4, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender", "subject", "body", "form", "reference"),
    [
        ("ec2-abuse@amazon.com", "Your Amazon EC2 Abuse Report [23811234567]",
         "Abuse Case Number: 12345678901", "Amazon Web Services", "12345678901"),
        ("x@y.example", "Your AWS Abuse Report [23811234567]", "please act",
         "Amazon Web Services", "23811234567"),
        ("abuse@hetzner.com", "AbuseID:AB12CD:1F: AbuseInfo: 198.18.5.20", "x", "Hetzner",
         "AB12CD:1F"),
        ("abuse@ovh.net", "[OVH] abuse", "Abuse report #KGTFVQXBN7 for your server", "OVH",
         "KGTFVQXBN7"),
        ("fail2ban@h.example", "[Fail2Ban] sshd: banned 198.18.5.20 from h", "The IP 198.18.5.20",
         "fail2ban", ""),
        ("cert@gov.example", "Vorfall", "Aktenzeichen: C-2026/118.", "mail", "C-2026/118"),
        ("cert@gov.example", "[Ticket #4711-A] scan", "x", "mail", "4711-A"),
        ("cert@gov.example", "TLP:GREEN", "case: closed", "mail", ""),
    ],
)  # fmt: skip
def test_the_reference_is_found_where_providers_write_it(
    sender: str, subject: str, body: str, form: str, reference: str
) -> None:
    report = read(mail(body, sender=sender, subject=subject))
    assert (report.format, report.reference) == (form, reference)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("Please answer within 24 hours.", NOW - timedelta(hours=3) + timedelta(days=1)),
        ("Bitte innerhalb von 3 Tagen melden", NOW - timedelta(hours=3) + timedelta(days=3)),
        ("Répondez sous 48 heures", NOW - timedelta(hours=3) + timedelta(days=2)),
        ("Frist bis 24.11.2026 12:00 CET", datetime(2026, 11, 24, 11, 0, tzinfo=UTC)),
        ("no later than 2026-11-23T08:00:00Z please", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("reply to us by 2026-11-23 08:00 +0200", datetime(2026, 11, 23, 6, tzinfo=UTC)),
        ("within 999 days", NOW - timedelta(hours=3) + timedelta(hours=48)),
        ("until 2026-11-20 08:00 UTC it went on", NOW - timedelta(hours=3) + timedelta(hours=48)),
    ],
)
def test_the_due_date_is_the_one_the_report_states_else_that_of_the_rule(
    words: str, due: datetime
) -> None:
    assert read(mail(words, sender="x@cert.example")).due == due


def test_the_marking_is_the_strictest_that_the_sender_states() -> None:
    report = read(mail("x TLP:AMBER y", subject="[TLP:GREEN] a"))
    assert (report.tlp, report.is_tlp_stated) == (TLP.AMBER, True)
    assert read(mail("TLP WHITE, for all")).tlp is TLP.CLEAR
    assert read(mail("tlp:amber+strict")).tlp is TLP.AMBER_STRICT
    silent = read(mail("nothing"))
    assert (silent.tlp, silent.is_tlp_stated) == (TLP.AMBER, False)


_PASS = "dkim=pass header.d=corp.example; spf=pass smtp.mailfrom=x@corp.example"


@pytest.mark.parametrize(
    ("results", "support", "channel"),
    [
        ("", Support.NOTHING, Channel.USER),
        (f"mx.corp.example; {_PASS}", Support.VOUCHED, Channel.USER),
        (f"mx.evil.example; {_PASS}", Support.CLAIMED, Channel.USER),
        ("mx.corp.example; dkim=pass header.d=evil.example", Support.NOTHING, Channel.USER),
        (f"mx.corp.example; dmarc=fail header.from=corp.example; {_PASS}",
         Support.CONTRADICTED, Channel.OUTSIDER),
        ("mx.corp.example; spf=fail smtp.mailfrom=corp.example", Support.CONTRADICTED,
         Channel.OUTSIDER),
        ("mx.corp.example (a; dkim=pass header.d=corp.example); none", Support.NOTHING,
         Channel.USER),
        (";;;===", Support.NOTHING, Channel.USER),
    ],
)  # fmt: skip
def test_a_sender_is_believed_only_on_the_word_of_our_own_server(
    results: str, support: Support, channel: Channel
) -> None:
    report = read(mail("x", sender="boss@corp.example", Authentication_Results=results))
    assert (report.reporter.support, report.channel) == (support, channel)


def test_a_forged_result_of_our_name_does_not_hide_behind_that_of_another() -> None:
    """Ours stands above what the sender wrote; the uppermost of our name counts."""
    content = (
        b"Authentication-Results: mx.corp.example; dmarc=fail header.from=corp.example\r\n"
        + mail("x", sender="boss@corp.example", Reply_To="thief@evil.example",
               Authentication_Results=f"mx.corp.example; {_PASS}")
    )  # fmt: skip
    report = read(content)
    assert report.reporter.support is Support.CONTRADICTED
    assert "Reply-To differs: thief@evil.example" in report.reporter.why


def test_without_declared_domains_a_mail_is_a_users_and_a_complaint_an_outsiders() -> None:
    bare = IntakeRules()
    assert read(mail("a window opened"), rules=bare).channel is Channel.USER
    assert read(ARF, rules=bare).channel is Channel.OUTSIDER
    desk = mail("your host attacks us", sender="abuse@provider.example")
    assert read(desk, rules=bare).channel is Channel.OUTSIDER
    assert read(ARF, Channel.AUTHORITY).channel is Channel.AUTHORITY


@pytest.mark.parametrize(
    ("name", "rows"),
    [("arf", 1), ("xarf 4", 1), ("x-arf 0.2", 1), ("shadowserver", 2), ("user", 0), ("plain", 0)],
)
def test_complaints_are_rows_of_what_others_alert_of(name: str, rows: int) -> None:
    log = read_log(EVERY[name])
    assert (log.kind, log.result.records) == (kind_of(EVERY[name]), 1)
    found = log.tables.get("detection_finding", [])
    assert len(found) == rows
    assert all(row["src_ip"] in (OUR_HOST, "198.18.5.21") for row in found)
    assert {row["kind"] for row in found} <= {"complaint"}
    (source,) = log.tables["log_source"]
    assert (source["family"], source["read_lines"]) == ("letters", 1)
