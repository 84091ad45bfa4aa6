"""What other tools raised: alerts and notices of sensors, firewalls and analysts' platforms.

Finds        Alerts of Suricata, Snort, Zeek, firewalls and others, one finding a signature and pair
             of ends, however often it was raised, and once where several files hold it. How sure it
             is follows from the class of the signature, what the tool says itself, and what
             netcordon and other tools see of the same ends at the same time.
Blind spots  What no signature knows; alerts the tool did not write (thresholds, suppression); a
             rule whose words say nothing of what it is about.
Often benign Rules on policy and on oddities of protocols; software that many hosts have; scanners
             of one's own; attempts from the Internet that meet nothing.
Look next    The rule's own text and the packets behind it; what the host did before and after.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from netcordon.model.alert_class import NOISE, POLICY, REPUTATION, AlertClass, alert_class
from netcordon.model.detector import Detector, Judgement, Row, Together
from netcordon.model.finding import Term
from netcordon.model.log_set import LINE_BITS
from netcordon.model.quantity import count_text
from netcordon.model.score import confidence, ramp, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """What counts as the same time, and as many."""

    near_s: int = 3600
    """Before and after an alert in which another finding on its ends speaks for it: the stages of
    one intrusion follow each other within the hour."""
    most_ends: int = 1000
    """Strangers, and hosts that they tried, that one signature names: nobody reads more, and the
    table holds them all."""
    many_hosts: int = 10
    """Hosts of ours that must have spoken before a share of them says anything."""
    many_share: float = 0.4
    """Share of our hosts from which on a signature fits software that everybody has."""
    sure: float = 0.85
    """Confidence from which on an alert that others speak for as well is to be acted on tonight."""


PARAMS = Params()
PRIOR = -2.0
_TITLE, _MOST_TECHNIQUES = 120, 4
_GROUP = re.compile(r" group \d+$")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
_OF_TOOL = {1: -1.5, 2: -0.7, 3: 0.0, 4: 0.8, 5: 1.2}
"""The tool's own severity (OCSF) -> log-odds."""

# The same alert in two files (a rotated log handed in twice, the text log beside the JSON) counts
# once: its id of the tool tells, or rule, time and both ends. Which end is the initiator only some
# formats say; they are preferred.
_SQL = f"""
WITH told AS (
    SELECT time, last_seen_time, frame, evidence_id, src_ip, src_ip_hi, src_ip_lo, dst_ip,
           dst_ip_hi, dst_ip_lo, dst_port, protocol, kind, title, category, severity_id, action,
           message, account, observable, is_from_src, techniques, confidence, reference,
           coalesce(rule_id, title, 'unnamed') AS rule, coalesce(product, 'a tool') AS tool,
           frame >> {LINE_BITS} AS file, coalesce("count", 1) AS times,
           CASE WHEN reference IS NOT NULL THEN hash(product, reference, rule_id)
                ELSE hash(product, coalesce(rule_id, title), time,
                          least((src_ip, src_port), (dst_ip, dst_port)),
                          greatest((src_ip, src_port), (dst_ip, dst_port)),
                          CASE WHEN src_ip IS NULL THEN (observable, account, message) END)
           END AS alert
    FROM detection_finding WHERE coalesce(kind, '') <> 'honeypot'
),
in_file AS (
    SELECT *, CASE WHEN reference IS NULL
                   THEN sum(times) OVER (PARTITION BY alert, evidence_id, file)
                   ELSE times END AS times_in_file
    FROM told
),
once AS (
    SELECT * REPLACE (
               max(severity_id) OVER same AS severity_id, min(time) OVER same AS time,
               max(coalesce(last_seen_time, time)) OVER same AS last_seen_time,
               max(confidence) OVER same AS confidence),
           (max(times_in_file) OVER same)::BIGINT AS raised,
           hash(tool, rule, src_ip, dst_ip) AS pair,
           coalesce(is_internal(src_ip_hi, src_ip_lo), false) AS src_internal,
           coalesce(is_internal(dst_ip_hi, dst_ip_lo), false) AS dst_internal
    FROM in_file
    WINDOW same AS (PARTITION BY alert)
    QUALIFY row_number() OVER (
        PARTITION BY alert ORDER BY is_from_src IS NULL, evidence_id, frame) = 1
),
ends AS (
    SELECT pair, CASE WHEN src_internal THEN src_ip ELSE dst_ip END AS ours,
           CASE WHEN src_internal THEN dst_ip ELSE src_ip END AS theirs,
           min(time) AS t0, max(last_seen_time) AS t1
    FROM once GROUP BY ALL
),
backed AS (
    SELECT pair,
           list(DISTINCT o.detector ORDER BY o.detector) FILTER (o.other_ip IS NOT NULL) AS by_pair,
           list(DISTINCT o.detector ORDER BY o.detector) FILTER (o.other_ip IS NULL) AS by_host
    FROM ends e JOIN own_finding o
      ON o.ip = e.ours AND (o.other_ip IS NULL OR o.other_ip = e.theirs)
     AND o.first_seen_time <= e.t1 + to_seconds($near_s)
     AND o.last_seen_time >= e.t0 - to_seconds($near_s)
    GROUP BY pair
),
-- What strangers try and nothing else speaks for is told by signature: there may be thousands.
placed AS (
    SELECT o.*, CASE WHEN o.src_ip IS NOT NULL AND NOT o.src_internal AND b.by_pair IS NULL
                     THEN 0 ELSE o.pair END AS place
    FROM once o LEFT JOIN backed b USING (pair)
),
grouped AS (
    SELECT tool, rule, place,
           coalesce(list(DISTINCT src_ip ORDER BY src_ip) FILTER (src_ip IS NOT NULL),
                    [])[1:$most_ends] AS src_ips,
           coalesce(list(DISTINCT dst_ip ORDER BY dst_ip) FILTER (dst_ip IS NOT NULL),
                    [])[1:$most_ends] AS dst_ips,
           count(DISTINCT src_ip) AS sources, count(DISTINCT dst_ip) AS places,
           min(time) AS t0, max(last_seen_time) AS t1, sum(raised)::BIGINT AS raised,
           min(kind) AS kind, min(title) AS title, min(category) AS category,
           max(severity_id) AS severity_id, max(confidence) AS told_confidence,
           bool_and(coalesce(action, '') IN ('blocked', 'dropped', 'drop', 'deny', 'denied',
               'reset-both', 'reset-client', 'reset-server', 'sinkhole', 'quarantine'))
               AS blocked,
           min(protocol) AS protocol, min(message) AS message,
           coalesce(list(DISTINCT dst_port ORDER BY dst_port)
               FILTER (dst_port IS NOT NULL), [])[1:16] AS ports,
           coalesce(list(DISTINCT observable ORDER BY observable) FILTER (regexp_full_match(
               observable, '[A-Za-z0-9_-][A-Za-z0-9_.-]{{0,250}}\\.[A-Za-z]{{2,24}}')), [])[1:8]
               AS names,
           coalesce(list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL), [])[1:8]
               AS accounts,
           list_sort(list_distinct(flatten(list(coalesce(techniques, []))))) AS techniques,
           evidence_of(evidence_id, 'detection_finding', frame) AS evidence,
           bool_or(src_internal) AS src_internal, bool_or(dst_internal) AS dst_internal
    FROM placed GROUP BY tool, rule, place
)
SELECT src_ips, dst_ips, names AS dst_names, ports AS dst_ports, protocol, t0 AS first_seen_time,
       t1 AS last_seen_time, evidence, accounts, tool || ' ' || rule AS apart, tool, rule, kind,
       title, category, message, severity_id, told_confidence, blocked, raised, techniques,
       sources, places, src_internal, dst_internal, by_pair, by_host,
       (SELECT max(active) FROM active_hosts) AS active
FROM grouped LEFT JOIN backed ON backed.pair = grouped.place
ORDER BY first_seen_time, tool, rule, src_ips, dst_ips
"""


def refine(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows with their class, and what rows of other signatures and tools say beside them."""
    told = [(row, _class(row)) for row in rows]
    of_pair: dict[frozenset[object], set[tuple[str, str]]] = defaultdict(set)
    hosts: dict[tuple[str, str], set[object]] = defaultdict(set)
    total: dict[tuple[str, str], int] = defaultdict(int)
    of_class: dict[tuple[str, str], int] = defaultdict(int)
    for row, found in told:
        mark = (str(row["tool"]), str(row["rule"]))
        if found.is_attack and (pair := _pair(row)):
            of_pair[pair].add(mark)
        hosts[mark].update(_ours(row))
        total[mark] += cast(int, row["raised"])
        of_class[mark[0], found.name] += cast(int, row["raised"])
    active = len({host for group in hosts.values() for host in group})
    out: list[Row] = []
    for row, found in told:
        mark = (str(row["tool"]), str(row["rule"]))
        pair = _pair(row) if found.is_attack else None
        beside = of_pair[pair] if pair else set()
        out.append(
            {
                **row,
                "class": found,
                "other_tools": sorted({tool for tool, _ in beside} - {mark[0]}),
                "other_rules": len({rule for tool, rule in beside if tool == mark[0]} - {mark[1]}),
                "hosts": len(hosts[mark]),
                "active": max(cast("int | None", row["active"]) or 0, active),
                "raised_in_all": of_class[mark[0], found.name]
                if found in (NOISE, REPUTATION)
                else total[mark],
            }
        )
    return out


def _class(row: Row) -> AlertClass:
    return alert_class(*(str(row[name] or "") for name in ("kind", "category", "title")))


def _pair(row: Row) -> frozenset[str] | None:
    """The two ends of a row that has no more."""
    sources, targets = cast(list[str], row["src_ips"]), cast(list[str], row["dst_ips"])
    return frozenset((*sources, *targets)) if len(sources) == len(targets) == 1 else None


def _ours(row: Row) -> list[str]:
    for end in ("src", "dst"):
        if row[f"{end}_internal"]:
            return cast(list[str], row[f"{end}_ips"])
    return []


def judge(row: Row) -> Judgement | None:
    """Weigh one signature between two ends."""
    found = cast(AlertClass, row["class"])
    terms = _terms(row, found)
    sure = confidence(PRIOR, terms)
    severity = _severity(row, found, sure)
    inside = bool(row["src_internal"])
    named = [t for t in cast(list[str], row["techniques"] or []) if _TECHNIQUE.fullmatch(t)]
    technique = found.inside if inside else found.outside
    if inside and row["dst_internal"]:
        technique = found.within or technique
    tool, title = str(row["tool"]), str(row["title"] or row["rule"])[:_TITLE]
    key, what = _key(row, found, title)
    return Judgement(
        title=f"{tool}: {title}, {count_text(cast(int, row['raised']), 'time')}, {_ends(row)}"
        if _is_crowd(row)
        else f"{tool}: {title}, {_ends(row)}, {count_text(cast(int, row['raised']), 'time')}",
        severity=severity,
        terms=terms,
        techniques=tuple(named[:_MOST_TECHNIQUES]) or ((technique,) if technique else None),
        facts={
            "tool": tool,
            "rule": row["rule"],
            "class": found.name,
            "category": row["category"],
            "message": row["message"],
            "raised": row["raised"],
            "sources": row["sources"],
            "blocked_by_the_tool": row["blocked"],
            "signature": f"{tool} {key[1] or key[0]}",
        },
        succeeded=False if row["blocked"] and not found.calls_out else None,
        together=_together(row, tool, key, what),
    )


def _key(row: Row, found: AlertClass, title: str) -> tuple[tuple[str, str], str]:
    """What minor alerts are told by, and in which words.

    By signature; oddities of protocols, and bad names of strangers, by tool alone.
    """
    if found is NOISE:
        return ("oddities", ""), "oddities of protocols"
    if found is REPUTATION and _is_attempt(row):
        return ("reputation", ""), "addresses of poor reputation"
    # The numbers of one list's parts are no rules of their own.
    if _GROUP.search(title):
        return ("rule", _GROUP.sub("", title)), _GROUP.sub("", title)
    return ("rule", str(row["rule"])), title


def _together(row: Row, tool: str, key: tuple[str, str], what: str) -> Together:
    many = count_text(cast(int, row["raised_in_all"]), "time")

    def told(sources: tuple[str, ...], places: tuple[str, ...]) -> str:
        ends = f"{_many(len(sources), 'source')}, {_many(len(places), 'place')}"
        return f"{tool}: {what}, {many}, {ends}"

    return Together(key=(tool, *key), title=told, apart=" ".join((tool, *key)))


def _many(number: int, noun: str) -> str:
    """A number of ends; where lists were cut, at least that many."""
    return count_text(number, noun) + (" or more" if number >= PARAMS.most_ends else "")


def _is_crowd(row: Row) -> bool:
    return cast(int, row["sources"]) > 1 or cast(int, row["places"]) > 1


def _ends(row: Row) -> str:
    if _is_crowd(row):
        sources, places = cast(int, row["sources"]), cast(int, row["places"])
        return f"{count_text(sources, 'source')}, {count_text(places, 'place')}"
    source = next(iter(cast(list[str], row["src_ips"])), "")
    target = next(iter(cast(list[str], row["dst_ips"] or row["dst_names"])), "")
    ports = cast(list[int], row["dst_ports"])
    port = f" port {ports[0]}" if target and len(ports) == 1 else ""
    if source and target:
        return f"{source} to {target}{port}"
    return source or target or next(iter(cast(list[str], row["accounts"])), "no address named")


def _terms(row: Row, found: AlertClass) -> dict[str, Term]:
    level = cast("int | None", row["severity_id"])
    told = cast("float | None", row["told_confidence"])
    terms = {
        "class_of_the_alert": term(found.contribution, found.name),
        "severity_the_tool_gives": term(_OF_TOOL.get(level or 0, -0.3), level),
    }
    if told is not None:
        terms["confidence_the_tool_gives"] = term(ramp(told, 0.0, 1.0, 2.0) - 1.0, told)
    pair, host = (cast("list[str] | None", row[name]) or [] for name in ("by_pair", "by_host"))
    if pair:
        weight = 2.5 if found.is_attack else 1.0
        terms["found_between_these_ends_too"] = term(weight, ", ".join(pair))
    elif host and not _is_attempt(row):
        terms["found_on_this_host_too"] = term(0.8 if found.is_attack else 0.3, ", ".join(host))
    tools = cast(list[str], row["other_tools"])
    if tools:
        terms["other_tools_between_these_ends"] = term(1.5, ", ".join(tools))
    rules = cast(int, row["other_rules"])
    if rules:
        terms["other_signatures_between_these_ends"] = term(ramp(rules, 0, 3, 1.0), rules)
    hosts, active = cast(int, row["hosts"]), cast(int, row["active"])
    if active >= PARAMS.many_hosts and hosts >= PARAMS.many_share * active:
        terms["share_of_our_hosts_with_this_signature"] = term(-2.0, round(hosts / active, 3))
    if _is_attempt(row):
        terms["an_attempt_from_outside"] = term(-1.0, str(cast(list[str], row["src_ips"])[0]))
    if row["blocked"]:
        terms["blocked_by_the_tool"] = term(-0.5, "blocked")
    return terms


def _is_attempt(row: Row) -> bool:
    return bool(row["src_ips"]) and not row["src_internal"]


def _severity(row: Row, found: AlertClass, sure: float) -> Severity:
    """Medium for an attack from inside; high only where something else speaks for it as well.

    What comes from outside is an attempt: that it was made is sure, that it mattered is not.
    """
    level = cast("int | None", row["severity_id"])
    if found is NOISE or (found is POLICY and not row["by_pair"]) or level == 1:
        return Severity.INFORMATIONAL
    backed = bool(row["by_pair"])
    nobody = not row["src_ips"] and not row["dst_internal"] and not row["accounts"]
    if not found.is_attack or sure < 0.5 or nobody or (_is_attempt(row) and not backed):
        return Severity.LOW
    several = (bool(row["other_tools"]) or backed) and not _is_attempt(row)
    if several and sure >= PARAMS.sure and (level or 0) >= 3 and not row["blocked"]:
        return Severity.HIGH
    return Severity.MEDIUM


DETECTOR = Detector(
    title="Alerts of other tools",
    summary="Alerts and notices of sensors, firewalls and platforms, by signature and ends, weighed"
    " by their class and by what else is seen of the same ends.",
    blind_spots="What no signature knows; alerts that the tool did not write; rules whose words say"
    " nothing of what they are about.",
    benign="Rules on policy and oddities; software that many have; scanners of one's own; attempts"
    " from the Internet that meet nothing.",
    look_next="The rule's own text and the packets behind it; what the host did before and after.",
    reads=("detection_finding",),
    techniques=("T1071", "T1190", "T1210", "T1595"),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one alert",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
    refine=refine,
    weighs_findings=True,
)
