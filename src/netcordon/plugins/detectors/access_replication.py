"""The directory's secrets asked for as a domain controller asks (DCSync).

Finds        Replication of the directory (DRSGetNCChanges, MS-DRSR) asked by a host that does not
             serve as a domain controller, or by a person's account; names looked up in the same
             association, which controllers do not do when they replicate.
Blind spots  A controller that is itself abused; a capture that begins in the middle of an
             association shows numbers of operations only; domain controllers that serve nobody in
             the evidence look like strangers.
Often benign Directory synchronisation with a cloud (its accounts are named MSOL_ or AAD_), password
             auditing agreed on, a controller whose clients were not recorded.
Look next    Which account holds the right to replicate, the changes of krbtgt's password, and
             tickets made from what was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from netcordon.model.detector import Detector, Judgement, Row
from netcordon.model.finding import Term
from netcordon.model.score import confidence, term
from netcordon.model.severity import Severity


@dataclass(frozen=True, kw_only=True)
class Params:
    """Who may replicate."""

    synchronisers: str = r"(?i)(^|\\)(MSOL_|AAD_)"
    """Accounts that Microsoft's directory synchronisation makes for itself and names so."""


PARAMS = Params()
PRIOR = -1.5

_SQL = """
WITH call AS (
    SELECT uid, evidence_id, src_ip, dst_ip, dst_port, time, frame, operation_number AS n, account,
           interface IS NOT NULL AS known
    FROM dcerpc_activity
    WHERE interface = 'drsuapi'
       OR (interface_uuid IS NULL AND pipe IS NULL AND is_encrypted AND operation_number <= 16)
),
association AS (
    SELECT uid, evidence_id, src_ip, dst_ip, dst_port, min(time) AS t0, max(time) AS t1,
           bool_and(known) AS known, count(*) FILTER (n = 3) AS changes,
           count(*) FILTER (n IN (12, 16)) AS lookups,
           list(DISTINCT account ORDER BY account) FILTER (account IS NOT NULL) AS accounts,
           evidence_of(evidence_id, 'dcerpc_activity', frame) AS evidence
    FROM call GROUP BY uid, evidence_id, src_ip, dst_ip, dst_port
    -- Without its binding an association is taken for this interface only by a whole set of its
    -- operations: controller's data (16), names (12), changes (3), and nothing else but 0 and 1.
    HAVING changes > 0 AND (bool_and(known) OR
           (count(*) FILTER (n = 16) > 0 AND count(*) FILTER (n = 12) > 0
            AND bool_and(n IN (0, 1, 3, 12, 16))))
),
pair AS (
    SELECT src_ip, dst_ip, min(t0) AS t0, max(t1) AS t1, bool_or(known) AS known,
           list(DISTINCT dst_port ORDER BY dst_port) AS ports, sum(changes)::BIGINT AS changes,
           sum(lookups)::BIGINT AS lookups, count(*) AS associations,
           list_sort(list_distinct(flatten(list(coalesce(accounts, []))))) AS accounts,
           flatten(list(evidence ORDER BY evidence_id, t0, uid)) AS evidence
    FROM association GROUP BY src_ip, dst_ip
)
SELECT [src_ip] AS src_ips, [dst_ip] AS dst_ips, []::VARCHAR[] AS dst_names, ports AS dst_ports,
       'tcp' AS protocol, p.t0 AS first_seen_time, p.t1 AS last_seen_time, evidence, accounts,
       changes, lookups, known, associations,
       EXISTS (FROM domain_controller c WHERE c.ip = p.src_ip) AS serves,
       EXISTS (FROM domain_controller c WHERE c.ip = p.dst_ip) AS target_serves,
       EXISTS (FROM pair o WHERE o.src_ip = p.dst_ip AND o.dst_ip = p.src_ip) AS mutual,
       len(list_filter(accounts, lambda a: NOT ends_with(a, '$'))) AS persons,
       len(list_filter(accounts, lambda a: regexp_matches(a, $synchronisers))) AS synchronisers
FROM pair p
ORDER BY first_seen_time, src_ip, dst_ip
"""


def judge(row: Row) -> Judgement | None:
    """Weigh who asked for the changes."""
    terms = _terms(row)
    sure = confidence(PRIOR, terms)
    if sure < 0.2:
        return None
    severity = Severity.MEDIUM if sure >= 0.5 else Severity.LOW
    foreign = not row["serves"] and not row["mutual"] and not row["synchronisers"]
    if foreign and row["known"] and (row["lookups"] or row["persons"]) and sure >= 0.7:
        severity = Severity.HIGH
    source, target = cast(list[str], row["src_ips"])[0], cast(list[str], row["dst_ips"])[0]
    accounts = cast(list[str], row["accounts"])
    return Judgement(
        title=f"{source} asked {target} to replicate the directory's secrets"
        + (f", as {accounts[0]}" if len(accounts) == 1 else "")
        + (", and is no domain controller" if foreign and row["target_serves"] else ""),
        severity=severity,
        terms=terms,
        facts={
            "requests": row["changes"],
            "names_looked_up": row["lookups"],
            "interface_named_in_capture": row["known"],
        },
    )


def _terms(row: Row) -> dict[str, Term]:
    terms = {"replication_asked": term(1.0, cast(int, row["changes"]))}
    if row["lookups"]:
        terms["names_looked_up_beside_it"] = term(2.0, cast(int, row["lookups"]))
    if not row["known"]:
        terms["interface_told_from_numbers_only"] = term(-1.0, None)
    if row["serves"]:
        terms["source_serves_as_controller"] = term(-5.0, None)
    elif row["target_serves"]:
        terms["source_serves_nobody"] = term(1.0, None)
    if row["mutual"]:
        terms["both_replicate"] = term(-3.0, None)
    if row["synchronisers"]:
        terms["account_of_a_synchronisation"] = term(-2.5, cast(int, row["synchronisers"]))
    elif row["persons"]:
        terms["account_of_a_person"] = term(2.5, cast(int, row["persons"]))
    return terms


DETECTOR = Detector(
    title="Replication by a stranger",
    summary="The directory's secrets asked for by a host that is no domain controller.",
    blind_spots="Abused controllers; captures that begin in the middle of an association.",
    benign="Synchronisation with a cloud, agreed password audits, controllers not recorded.",
    look_next="Who may replicate, krbtgt's password, tickets made from what was taken.",
    reads=("dcerpc_activity",),
    techniques=("T1003.006",),
    partition_by="src_ip",
    params=PARAMS,
    minimum_sample="one request",
    prior=PRIOR,
    sql=_SQL,
    judge=judge,
)
