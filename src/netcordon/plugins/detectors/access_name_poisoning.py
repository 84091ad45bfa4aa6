"""Name poisoning: one host says that it is everybody who is asked for.

Finds        A host that answers LLMNR, NBNS or mDNS questions for several different names with
             its own address, or for the proxy's name that every Windows machine asks for, or for
             one that the DNS server has just said not to exist and the host does not give itself;
             and the logins that askers then make on it. Answers to broadcast questions are
             believed by whoever asked first-come-first-served.
Blind spots  A poisoner that answers one plausible name once while the DNS server is out of sight;
             answers with another host's address; names asked of the DNS server.
Often benign A server that goes by several names, WINS servers (which answer with other hosts'
             addresses), printers that announce services, home servers that DNS does not know.
Look next    The accounts whose logins reached the host: their hashes can be cracked or relayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as poisoning."""

    min_names: int = 3
    """Different names answered with one's own address; a host has one, a server may have a second
    by alias."""
    proxy_names: str = "wpad|isatap|proxysrv|respproxysrv"
    """Names that machines ask for by themselves and nobody should hold (WPAD draft, RFC 5214), an
    alternation."""
    shared_names: str = r"<1[b-e]>$|__msbrowse__"
    """NBNS names of a domain and of the browser's elections (MS-BRWS): a controller answers to them
    rightly, and several hosts may hold them. In lower case."""
    missing_s: int = 10
    """A client asks all hosts when DNS has failed it; resolvers of Windows give up within this."""
    login_s: int = 120
    """A login of the asker within this many seconds of the answer follows from it."""


PARAMS = Params()
PRIOR = -3.0

_SQL = """
WITH answer AS (
    SELECT dst_ip AS liar, src_ip AS asker, time, frame, evidence_id, service,
           -- NBNS names carry a suffix byte, mDNS names their domain.
           lower(regexp_replace(regexp_replace(query, '<[0-9a-fA-F]{2}>$', ''), '\\.local$', ''))
               AS name
    FROM dns_activity
    WHERE service <> 'dns' AND is_response AND service IN ('llmnr', 'nbns', 'mdns')
      AND dst_ip <> src_ip
      AND query_type IN ('A', 'AAAA', 'ANY', 'NB') AND list_contains(answers, dst_ip)
      AND NOT (service = 'nbns' AND regexp_matches(lower(query), $shared_names))
      AND NOT starts_with(query, '_') AND NOT starts_with(query, '*')
      AND NOT is_multicast(dst_ip_hi, dst_ip_lo)
),
own AS (
    -- What hosts say of themselves, not what an answer said of them.
    SELECT ip, lower(host_name) AS name FROM host_identity
    WHERE host_name IS NOT NULL AND ip IS NOT NULL AND source NOT IN ('llmnr', 'nbns', 'mdns')
    GROUP BY ALL
),
-- mDNS is left out: its names are not meant to exist in DNS.
missing AS (
    SELECT DISTINCT a.liar, a.name
    FROM (SELECT DISTINCT liar, asker, name, time FROM answer WHERE service <> 'mdns') a
    JOIN (SELECT src_ip, time, query, split_part(query, '.', 1) AS label FROM lookups
          WHERE is_response AND rcode = 'NXDOMAIN' AND src_ip IN (SELECT asker FROM answer)) d
      ON d.src_ip = a.asker AND d.label = split_part(a.name, '.', 1)
     AND (d.query = a.name OR starts_with(d.query, a.name || '.'))
     AND d.time BETWEEN a.time - to_seconds($missing_s) AND a.time
    ANTI JOIN own ON own.ip = a.liar AND own.name = split_part(a.name, '.', 1)
),
liar AS (
    SELECT liar, count(*) AS answers, count(DISTINCT asker) AS askers,
           list(DISTINCT name ORDER BY name) AS names,
           list(DISTINCT service ORDER BY service) AS services,
           list(DISTINCT asker ORDER BY asker) AS victims,
           count(DISTINCT name) FILTER (regexp_matches(name, '^(' || $proxy_names || ')$'))
               AS proxies,
           count(DISTINCT name) FILTER (EXISTS (SELECT 1 FROM own WHERE own.ip = liar)
               AND NOT EXISTS (SELECT 1 FROM own WHERE own.ip = liar AND own.name = answer.name))
               AS others_names,
           count(DISTINCT name) FILTER (EXISTS (SELECT 1 FROM missing m
               WHERE m.liar = answer.liar AND m.name = answer.name)) AS missing_names,
           min(time) AS t0, max(time) AS t1,
           evidence_of(evidence_id, 'dns_activity', frame) AS evidence
    FROM answer GROUP BY liar
    HAVING count(DISTINCT name) >= $min_names
        OR count(DISTINCT name) FILTER (regexp_matches(name, '^(' || $proxy_names || ')$')) > 0
        OR others_names > 0 OR missing_names > 0
),
first_answer AS (
    SELECT liar, asker, min(time) AS since, max(time) AS until FROM answer GROUP BY liar, asker
),
login AS (
    SELECT f.liar, count(*) AS logins, count(*) FILTER (a.method = 'ntlm') AS hashes,
           list(DISTINCT coalesce(a.domain || '\\', '') || a.account
                ORDER BY coalesce(a.domain || '\\', '') || a.account)
               FILTER (a.account IS NOT NULL AND a.account <> '') AS accounts
    FROM first_answer f JOIN liar l USING (liar)
    JOIN authentication a ON a.src_ip = f.asker AND a.dst_ip = f.liar
     AND a.time BETWEEN f.since AND f.until + to_seconds($login_s)
    GROUP BY f.liar
)
SELECT [liar] AS src_ips, victims[1:49] AS dst_ips, []::VARCHAR[] AS dst_names,
       []::INTEGER[] AS dst_ports, 'udp' AS protocol, t0 AS first_seen_time, t1 AS last_seen_time,
       evidence, coalesce(accounts, []::VARCHAR[]) AS accounts, names, services, answers, askers,
       proxies, others_names, missing_names,
       coalesce(logins, 0) AS logins, coalesce(hashes, 0) AS hashes
FROM liar LEFT JOIN login USING (liar)
ORDER BY t0, liar
"""


def judge(row: Row) -> Judgement | None:
    """Weigh the names one host answers to."""
    names, logins = cast(list[str], row["names"]), cast(int, row["logins"])
    proxies, foreign = cast(int, row["proxies"]), cast(int, row["others_names"])
    terms: dict[str, Term] = {
        "names_it_answers_to": term(ramp(len(names), 1, 6, 3.5), len(names)),
        "askers": term(ramp(cast(int, row["askers"]), 1, 4, 0.5), cast(int, row["askers"])),
    }
    if proxies:
        terms["answers_for_the_proxy"] = term(2.5, proxies)
    if foreign:
        terms["names_other_than_the_one_it_gives_itself"] = term(1.0, foreign)
    missing = cast(int, row["missing_names"])
    if missing:
        terms["names_that_dns_said_not_to_exist"] = term(1.5, missing)
    if logins:
        # To log in at a server whose name was asked for is what names are for; a server that NTLM
        # logins reach gives its name in them, so that one of its own does not count as missing.
        telling = len(names) >= PARAMS.min_names or bool(proxies)
        telling |= bool(missing and row["hashes"])
        terms["askers_logged_in_on_it"] = term(2.0 if telling else 0.5, logins)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    if sure >= 0.9 and (logins or len(names) >= 2 * PARAMS.min_names):
        severity = Severity.HIGH
    liar = cast(list[str], row["src_ips"])[0]
    shown = ", ".join(name for name in names[:4])
    more = "" if len(names) <= 4 else f" and {len(names) - 4} more"
    then = f"; {logins} logins followed" if logins else ""
    return Judgement(
        title=f"{liar} answered by {'/'.join(cast(list[str], row['services']))} that it is"
        f" {shown}{more}{then}",
        severity=severity,
        terms=terms,
        facts={"names": tuple(names[:50]), "answers": row["answers"], "logins": logins},
        succeeded=True if logins else None,
    )


DETECTOR = Detector(
    title="Name poisoning",
    summary="One host answers broadcast questions for several names with its own address.",
    blind_spots="One plausible name answered once, no look-up in sight; answers with another host's"
    " address.",
    benign="Servers that go by several names, WINS servers, printers, home servers unknown to DNS.",
    look_next="The accounts whose logins reached the host.",
    reads=("dns_activity", "authentication", "host_identity"),
    techniques=("T1557.001",),
    partition_by="dst_ip: the host that answers",
    params=PARAMS,
    minimum_sample="three names, or one that nobody should hold, that is not the host's or that"
    " DNS said not to exist",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
