"""Sigma rules asked of the tables: which flows they would have spoken of.

Log sources and fields are those of ``fields``; values are bound, never spliced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from netcordon.signatures.fields import SOURCES
from netcordon.signatures.quoting import from_sigma
from netcordon.signatures.sigma_rule import Node
from netcordon.tables.engine import Engine


def add_hits(engine: Engine, rules: Sequence[Mapping[str, Node]]) -> None:
    """Put ``hit(evidence_id, uid)``, the flows that a rule speaks of, beside the views.

    Args:
        engine: with the views.
        rules: as ``sigma_rule.sigma_rules`` makes them: a rule, or one and its correlation.

    Raises:
        ValueError: a log source, field or modifier that no table has.
        TypeError: keywords without a field.
    """
    rule, *counted = rules
    logsource = rule["logsource"]
    table = next((t for t, s in SOURCES.items() if s.logsource == logsource), None)
    if table is None:
        raise ValueError(f"no table is the log source {logsource!r}")
    detection = cast(Mapping[str, Node], rule["detection"])
    values: dict[str, object] = {}
    parts = [
        _search(detection[name], table, values)
        for name in str(detection["condition"]).split(" and ")
    ]
    where = " AND ".join(f"({part})" for part in parts)
    if table == "dns_activity":
        where += " AND NOT is_response"
    sql = f"SELECT DISTINCT evidence_id, uid FROM {table} WHERE {where} ORDER BY ALL"
    if counted:
        correlation = cast(Mapping[str, Any], counted[0]["correlation"])
        values["count"] = int(correlation["condition"]["gte"])
        seconds = int(str(correlation["timespan"]).removesuffix("s"))
        sql = f"""
        SELECT DISTINCT evidence_id, uid FROM (
            SELECT evidence_id, uid, count(*) OVER (PARTITION BY src_ip ORDER BY start_time
                RANGE BETWEEN INTERVAL {seconds} SECONDS PRECEDING AND CURRENT ROW) AS n
            FROM {table} WHERE {where}
        ) WHERE n >= $count ORDER BY ALL
        """
    engine.keep("hit", sql, values)


def _search(node: Node, table: str, values: dict[str, object]) -> str:
    """A mapping holds at once; of a list, any."""
    if isinstance(node, Mapping):
        return " AND ".join(_item(key, value, table, values) for key, value in node.items())
    if isinstance(node, str | int):
        raise TypeError("keywords are no part of these rules")
    return " OR ".join(f"({_search(each, table, values)})" for each in node)


def _item(key: str, value: Node, table: str, values: dict[str, object]) -> str:
    name, _, modifier = key.partition("|")
    column = next((c for c, f in SOURCES[table].fields.items() if f.sigma == name), None)
    if column is None or not isinstance(value, str | int):
        raise ValueError(f"{table} has nothing like {name!r}")
    place = f"v{len(values)}"
    if isinstance(value, int):
        values[place] = value
        return f"{column} = ${place}"
    if modifier == "re":
        values[place] = value
        return f"regexp_matches({column}, ${place})"
    values[place] = _octets(from_sigma(value)) if modifier == "cased" else from_sigma(value).lower()
    low = column if modifier == "cased" else f"lower({column})"
    if table == "http_activity" and column == "host":
        low = f"regexp_replace({low}, ':[0-9]+$', '')"
    match modifier:
        case "" | "cased":
            return f"{low} = ${place}"
        case "endswith":
            return f"ends_with({low}, ${place})"
        case "contains":
            return f"contains({low}, ${place})"
        case _:
            raise ValueError(f"no such modifier here: {modifier!r}")


def _octets(value: str) -> str:
    return re.sub(r"[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value)
