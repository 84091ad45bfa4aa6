"""Certificates that vouch for nobody: TLS to a server that signed its own, oddly made, certificate.

Finds        TLS over TCP whose server shows a certificate it signed itself, and in which more is
             odd: the default names of a remote-control tool or the pattern by which one invents a
             company, a company with a full address that has nothing to do with any name the host
             asked for, a life of decades, a birth shortly before the first contact, no host name at
             all; to an address without a name, on a port of its own, without a server name asked
             for or with an address in its place; a server that gave the host a program shortly
             before.
Blind spots  TLS 1.3, which hides certificates; implants behind certificates of public authorities;
             captures that begin after the handshakes.
Often benign Remote desktop, appliances and their web pages, backup and peer-to-peer programs with a
             private trust of their own. They are inside, or many hosts use them.
Look next    The certificate elsewhere (its SHA-256), what was fetched before the first contact,
             which program made the connection.

Browsers refuse such certificates, so whoever goes on after the handshake expected this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term, wilson_upper
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as odd."""

    long_life_d: int = 20 * 365
    """Days of validity; public authorities give at most 398, appliances about ten years."""
    young_d: float = 2.0
    """Days between a certificate's birth and the first contact; tools make one with a server."""
    min_attributes: int = 4
    """Attributes of a subject that describe a company: country, place, organisation, name."""
    program_s: int = 3600
    """Seconds in which a program that came from the same server is what now speaks to it."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH shown AS (
    SELECT t.*, is_internal(dst_ip_hi, dst_ip_lo) AS dst_in FROM tls_activity t
    WHERE protocol = 'tcp' AND src_ip IS NOT NULL AND certificate_subject = certificate_issuer
      AND uid NOT IN (SELECT uid FROM rdp_activity WHERE uid IS NOT NULL) AND dst_port <> 3389
),
server AS (
    SELECT src_ip, dst_ip, dst_port, certificate_sha256, min(certificate_subject) AS subject,
           bool_or(is_self_signed) AS own_key, min(not_before) AS born, max(not_after) AS dies,
           max(len(certificate_names)) AS alternative_names, count(*) AS handshakes,
           count(server_name) AS named, min(lower(server_name)) AS asked_for,
           list_distinct(flatten(list(coalesce(certificate_names, [])))) AS all_names,
           min(time) AS t0, max(time) AS t1, bool_or(dst_in) AS dst_in,
           evidence_of(evidence_id, 'tls_activity', frame) AS evidence
    FROM shown GROUP BY src_ip, dst_ip, dst_port, certificate_sha256
),
program AS (
    SELECT s.src_ip, s.dst_ip, s.dst_port, s.certificate_sha256, min(f.magic) AS magic
    FROM server s JOIN file_activity f ON f.src_ip = s.src_ip AND f.dst_ip = s.dst_ip
    WHERE f.service = 'http' AND NOT f.is_upload AND f.magic IN ('pe', 'elf', 'macho', 'class')
      AND f.time BETWEEN s.t0 - to_seconds($program_s) AND s.t0
    GROUP BY ALL
)
SELECT [s.src_ip] AS src_ips, [s.dst_ip] AS dst_ips,
       CASE WHEN s.asked_for <> s.dst_ip THEN [s.asked_for] ELSE coalesce(l.names, []) END
           AS dst_names,
       [s.dst_port] AS dst_ports, 'tcp' AS protocol, s.t0 AS first_seen_time,
       s.t1 AS last_seen_time, s.evidence, s.certificate_sha256, s.subject, s.own_key,
       s.born, s.asked_for, s.dies, s.alternative_names, s.handshakes, s.named, s.dst_in,
       list_contains(s.all_names, s.asked_for)
           OR (s.asked_for IS NOT NULL AND contains(lower(s.subject), s.asked_for))
           AS answers_to_it,
       coalesce(v.named_share, 0.0) AS named_share, u.users, h.active,
       k.kind AS known_kind, k.note AS known_note, p.magic AS program
FROM server s CROSS JOIN active_hosts h
LEFT JOIN program p ON (p.src_ip, p.dst_ip, p.dst_port, p.certificate_sha256)
       = (s.src_ip, s.dst_ip, s.dst_port, s.certificate_sha256)
LEFT JOIN place_use u ON u.dst_ip = s.dst_ip
LEFT JOIN looked_up l ON l.src_ip = s.src_ip AND l.address = s.dst_ip
LEFT JOIN named_share v ON v.src_ip = s.src_ip
LEFT JOIN name n ON n.name = coalesce(s.asked_for, l.names[1])
LEFT JOIN known_service k ON k.registered_domain = n.registered_domain
ORDER BY s.t0, s.src_ip, s.dst_ip, s.dst_port, s.certificate_sha256
"""

_TOOLS = {
    "Major Cobalt Strike": "Cobalt Strike",
    "AsyncRAT Server": "AsyncRAT",
    "Quasar Server CA": "Quasar",
    "DcRat Server": "DcRat",
    "VenomRAT Server": "VenomRAT",
    "Orcus Server": "Orcus",
    "BitRAT": "BitRAT",
    "P18055077": "PoshC2",
    "MetasploitSelfSignedCA": "Metasploit",
}
"""Common names that remote-control tools give their certificates until somebody changes them."""

_INVENTED = "Metasploit's generator"
"""It invents a company per listener: a word as unit, and the word at the domain as address."""

_USUAL_PORTS = {443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 3269, 5061, 5223, 5228, 8443,
                8883}  # fmt: skip
_STARTS_CLEAR = {21, 25, 110, 143, 389, 587, 5222, 5432}
_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*")
_ATTRIBUTE = re.compile(r"(?:^|(?<!\\),)([A-Za-z.0-9]+)=((?:\\.|[^,\\])*)")


def judge(row: Row) -> Judgement | None:
    """Weigh one certificate of one server, as one client saw it."""
    attributes = _attributes(str(row["subject"]))
    made = _making(row, attributes)
    terms = made | _place(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    # That a server signs for itself is common; something in the certificate must be odd as well.
    telling = {"default_name_of_a_tool", "pattern_of_a_tool", "company_nobody_asked_for",
               "born_before_contact_d", "gave_a_program"}  # fmt: skip
    severity = Severity.LOW
    if sure >= 0.5 and (telling & set(terms) or "dynamic_name" in terms):
        severity = Severity.MEDIUM
    # A name of dynamic DNS by itself is also somebody's own server at home.
    conclusive = bool({"default_name_of_a_tool", "pattern_of_a_tool"} & set(made)) or (
        "dynamic_name" in terms and bool(telling & set(made))
    )
    if sure >= 0.9 and conclusive and not row["dst_in"]:
        severity = Severity.HIGH
    src, dst = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    names, port = cast(list[str], row["dst_names"]), cast(list[int], row["dst_ports"])[0]
    called = attributes.get("CN") or "nobody"
    return Judgement(
        title=f"{src} spoke TLS with {names[0] if names else dst} port {port}, whose certificate"
        f" is its own work and calls it {called}",
        severity=severity,
        terms=terms,
        techniques=("T1573.002", *(("T1571",) if "unusual_port" in terms else ())),
        facts={
            "certificate_subject": row["subject"],
            "certificate_sha256": row["certificate_sha256"],
            "valid_from": str(row["born"]),
            "valid_until": str(row["dies"]),
            "handshakes": row["handshakes"],
        },
    )


def _attributes(subject: str) -> dict[str, str]:
    """Attribute -> value of a distinguished name (RFC 4514); of equal ones the last."""
    return dict(_ATTRIBUTE.findall(subject))


def _making(row: Row, attributes: dict[str, str]) -> dict[str, Term]:
    """What the certificate itself says."""
    terms = {"signed_by_itself": term(0.8, "with its own key" if row["own_key"] else "by name")}
    name = attributes.get("CN", "")
    if name in _TOOLS:
        terms["default_name_of_a_tool"] = term(4.0, _TOOLS[name])
    elif _is_invented(attributes):
        terms["pattern_of_a_tool"] = term(3.0, _INVENTED)
    if row["answers_to_it"]:
        terms["has_the_name_asked_for"] = term(-1.0, name)
    elif len(attributes) >= PARAMS.min_attributes and "." in name and "O" in attributes:
        terms["company_nobody_asked_for"] = term(1.2, attributes["O"])
    elif "." not in name and not row["alternative_names"]:
        terms["no_host_name"] = term(0.4, name)
    born, dies = row["born"], row["dies"]
    first = cast(datetime, row["first_seen_time"])
    if isinstance(born, datetime) and isinstance(dies, datetime):
        life = (dies - born).days
        if life >= PARAMS.long_life_d:
            terms["life_d"] = term(0.7, life)
        age = (first - born).total_seconds() / 86_400
        if 0 <= age <= PARAMS.young_d:
            terms["born_before_contact_d"] = term(0.7, age)
    return terms


def _is_invented(attributes: dict[str, str]) -> bool:
    unit, name = attributes.get("OU", ""), attributes.get("CN", "")
    address = attributes.get("emailAddress") or attributes.get("1.2.840.113549.1.9.1", "")
    return (
        unit.isalpha() and "." in name and address == f"{unit}@{name}"
        and attributes.get("C") == "US" and len(attributes.get("ST", "")) == 2 and "O" in attributes
    )  # fmt: skip


def _place(row: Row) -> dict[str, Term]:
    """Where the server stands, and who else goes there."""
    port, users = cast(list[int], row["dst_ports"])[0], cast(int, row["users"] or 1)
    active = cast(int, row["active"])
    terms: dict[str, Term] = {}
    if not row["named"]:
        terms["no_server_name"] = term(0.8, cast(int, row["handshakes"]))
    elif _ADDRESS.fullmatch(str(row["asked_for"])):
        # RFC 6066, section 3: literal addresses are not permitted; libraries of browsers know it.
        terms["address_as_server_name"] = term(0.8, str(row["asked_for"]))
    if port not in _USUAL_PORTS | _STARTS_CLEAR:
        terms["unusual_port"] = term(0.8, port)
    if not row["dst_names"] and not row["dst_in"] and cast(float, row["named_share"]) >= 0.6:
        terms["no_name"] = term(1.0, "address never looked up")
    if row["known_kind"] == "dynamic_dns":
        terms["dynamic_name"] = term(2.0, str(row["known_note"]))
    elif row["known_kind"] is not None:
        terms["known_service"] = term(-2.5, f"{row['known_kind']}: {row['known_note']}")
    upper = wilson_upper(users, active)
    terms["users_share_at_most"] = term(
        ramp(upper, 0.4, 0.1, 1.0) if users < 3 else ramp(users / max(active, 1), 0, 0.25, -2.0),
        upper,
    )
    if row["program"]:
        terms["gave_a_program"] = term(2.0, str(row["program"]))
    if row["dst_in"]:
        terms["inside"] = term(-1.5, "the server is internal")
    return terms


DETECTOR = Detector(
    title="Odd certificate",
    summary="TLS with a server that signed its own certificate, in which more is odd.",
    blind_spots="TLS 1.3 hides certificates; implants behind certificates of public authorities;"
    " captures that begin after the handshakes.",
    benign="Remote desktop, appliances, backup and peer-to-peer programs with their own trust.",
    look_next="The certificate's SHA-256 elsewhere, what was fetched before, which program it is.",
    reads=("tls_activity", "rdp_activity", "file_activity"),
    techniques=("T1573.002",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one handshake with a visible certificate",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
