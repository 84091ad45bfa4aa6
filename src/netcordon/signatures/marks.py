"""Marks of an incident, taken from the flows behind its findings, narrow ones and wide ones.

Which of them are too wide is not guessed here: every rule is tried on ordinary traffic.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netcordon.model.signature import How, Mark, Pace, Trait
from netcordon.signatures.quoting import in_words
from netcordon.signatures.shape import label_shape, path_shape
from netcordon.tables.engine import Engine
from netcordon.tables.names import registered_domain

MOST_MARKS = 40
"""Of each kind."""
_MANY_NAMES = 20
"""Names under one domain; beyond them the labels carry data, and their shape is the mark."""
_LEAST_CALLS, _WINDOW_CALLS = 8, 5
_LONGEST_GAP_S = 600

_OF_TOLD = "JOIN told t ON t.uid = x.uid AND t.evidence_id = x.evidence_id"
_TLS = f"""
SELECT DISTINCT x.ja4, x.ja3, lower(x.server_name) AS name, x.dst_ip,
       x.certificate_subject AS subject, x.certificate_issuer AS issuer, x.is_self_signed
FROM tls_activity x {_OF_TOLD} ORDER BY ALL
"""
_HTTP = f"""
SELECT x.user_agent, x.method, lower(regexp_replace(x.host, ':[0-9]+$', '')) AS host,
       list_sort(list(DISTINCT x.uri))[1:200] AS uris
FROM http_activity x {_OF_TOLD} WHERE x.uri IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_DNS = f"""
SELECT DISTINCT lower(x.query) AS name FROM dns_activity x {_OF_TOLD}
WHERE x.service = 'dns' AND x.query LIKE '%.%' ORDER BY name LIMIT 100000
"""
_SSH = f"SELECT DISTINCT x.client_banner AS banner FROM ssh_activity x {_OF_TOLD} ORDER BY ALL"
_PIPES = f"""
SELECT DISTINCT x.path FROM smb_activity x {_OF_TOLD}
WHERE x.is_pipe AND x.path IS NOT NULL AND x.path NOT LIKE '%\\%\\%' ORDER BY ALL
"""
_CALLS = f"""
SELECT DISTINCT x.interface_uuid, x.operation_number, x.interface, x.operation
FROM dcerpc_activity x {_OF_TOLD}
WHERE x.interface IS NOT NULL AND x.operation IS NOT NULL ORDER BY ALL
"""
_PACES = f"""
WITH gaps AS (
    SELECT x.src_ip, x.dst_ip, x.dst_port, epoch(x.start_time - lag(x.start_time) OVER (
        PARTITION BY x.src_ip, x.dst_ip, x.dst_port ORDER BY x.start_time, x.uid)) AS gap_s
    FROM network_activity x {_OF_TOLD}
    WHERE x.protocol = 'tcp' AND NOT is_internal(x.dst_ip_hi, x.dst_ip_lo)
)
SELECT dst_ip, dst_port, max(gap) AS gap_s FROM (
    SELECT src_ip, dst_ip, dst_port, quantile_cont(gap_s, 0.9) AS gap FROM gaps
    WHERE gap_s IS NOT NULL GROUP BY ALL HAVING count(*) >= {_LEAST_CALLS}
) GROUP BY dst_ip, dst_port ORDER BY ALL
"""
_BANNER = re.compile(r"SSH-[0-9.]+-([!-~]{3,100})")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_RDN = re.compile(r"(?:CN|O|OU|L|ST)=[^,+=\\\"]{1,64}")


def marks_of(engine: Engine) -> tuple[Mark, ...]:
    """Marks of the flows in ``told``, each once, at most ``MOST_MARKS`` of each kind.

    Args:
        engine: with the views, the home networks and ``told(evidence_id, uid)``.
    """
    made: dict[tuple[object, ...], Mark] = {}
    kinds: Counter[str] = Counter()
    for each in _marks(engine):
        key = (each.table, each.traits, each.pace)
        if key not in made and kinds[each.kind] < MOST_MARKS:
            kinds[each.kind] += 1
            made[key] = each
    return tuple(made.values())


def _marks(engine: Engine) -> Iterator[Mark]:
    for row in _rows(engine, _TLS):
        yield from _of_tls(row)
    yield from _of_http(_rows(engine, _HTTP))
    yield from _of_dns([str(row["name"]) for row in _rows(engine, _DNS)])
    for row in _rows(engine, _SSH):
        if found := _BANNER.fullmatch(str(row["banner"] or "")):
            software = found[1]
            yield _mark("ssh client", f"SSH client {in_words(software)}", "ssh_activity",
                        ("client_banner", How.CONTAINS, software))  # fmt: skip
    for row in _rows(engine, _PIPES):
        yield _mark("named pipe", f"named pipe {in_words(row['path'])} opened", "smb_activity",
                    ("path", How.IS, str(row["path"])))  # fmt: skip
    for row in _rows(engine, _CALLS):
        if _UUID.fullmatch(str(row["interface_uuid"])):
            yield _mark("remote call", f"{in_words(row['interface'])} {in_words(row['operation'])}",
                        "dcerpc_activity", *((column, How.IS, str(row[column])) for column in row),
                        )  # fmt: skip
    for row in _rows(engine, _PACES):
        yield from _of_pace(row)


def _of_tls(row: Mapping[str, Any]) -> Iterator[Mark]:
    name, table = str(row["name"] or ""), "tls_activity"
    where: tuple[tuple[str, How, str], ...] = (
        (("server_name", How.UNDER, name),) if _is_host(name) else ()
    )
    said = f"asks for {in_words(name)}" if where else ""
    for column in ("ja4", "ja3"):
        value = str(row[column] or "")
        if re.fullmatch(r"[0-9a-z_]{10,64}", value):
            client = (column, How.IS, value)
            title = f"TLS client {column.upper()} {in_words(value)}"
            if where:
                yield _mark("tls client", f"{title} {said}", table, client, *where)
            else:
                address = ("dst_ip", How.IS, str(row["dst_ip"]))
                yield _mark("tls client", f"{title} speaks to {row['dst_ip']}", table, client,
                            address)  # fmt: skip
            yield _mark("tls client", title, table, client)
    if where:
        yield _mark("tls name", f"TLS client {said}", table, *where)
    for column in ("subject", "issuer") if row["is_self_signed"] else ("subject",):
        parts = [p for p in _RDN.findall(str(row[column] or "")) if p.isascii()]
        if parts:
            traits = [(f"certificate_{column}", How.CONTAINS, part) for part in parts[:6]]
            yield _mark("certificate", f"certificate {column} has {in_words(', '.join(parts))}",
                        table, *traits)  # fmt: skip


def _of_http(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mark]:
    by_agent: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        agent, method, host = (str(row[key] or "") for key in ("user_agent", "method", "host"))
        by_agent[agent, method] += row["uris"]
        shape = path_shape(row["uris"])
        traits = [("method", How.IS, method)] if method else []
        if agent:
            traits.append(("user_agent", How.IS, agent))
        if shape:
            traits.append(("uri", How.SHAPE, shape))
        if _is_host(host):
            yield _mark("http request", f"HTTP {in_words(method)} at {in_words(host)}",
                        "http_activity", *traits, ("host", How.UNDER, host))  # fmt: skip
    for (agent, method), uris in by_agent.items():
        shape = path_shape(uris)
        if agent and shape:
            yield _mark("http request", f"HTTP {in_words(method)} by {in_words(agent)}",
                        "http_activity", ("user_agent", How.IS, agent), ("method", How.IS, method),
                        ("uri", How.SHAPE, shape))  # fmt: skip
        if agent:
            yield _mark("http client", f"HTTP client {in_words(agent)}", "http_activity",
                        ("user_agent", How.IS, agent))  # fmt: skip


def _of_dns(names: Sequence[str]) -> Iterator[Mark]:
    under: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if _is_host(name):
            under[registered_domain(name) or name].append(name)
    for domain, found in under.items():
        title, table = f"look-up of {in_words(domain)} or under it", "dns_activity"
        if len(found) < _MANY_NAMES:
            for name in found:
                yield _mark("dns name", f"look-up of {in_words(name)} or under it", table,
                            ("query", How.UNDER, name))  # fmt: skip
            continue
        yield _mark("dns name", title, table, ("query", How.UNDER, domain))
        suffix = _shared(found, domain)
        shape = label_shape(found, suffix)
        yield _mark("dns labels", f"labels that carry data under {in_words(suffix)}", table,
                    ("query", How.UNDER, suffix), ("query", How.SHAPE, shape))  # fmt: skip


def _shared(names: Sequence[str], domain: str) -> str:
    """The longest suffix of whole labels that all names under a domain share."""
    split = [name.split(".")[::-1] for name in names]
    shared = [labels[0] for labels in zip(*split, strict=False) if len(set(labels)) == 1]
    suffix = ".".join(reversed(shared))
    return suffix if len(suffix) >= len(domain) else domain


def _of_pace(row: Mapping[str, Any]) -> Iterator[Mark]:
    gap = float(row["gap_s"])
    if 0 < gap <= _LONGEST_GAP_S:
        seconds = max(10, math.ceil(gap * _WINDOW_CALLS))
        where = f"{row['dst_ip']} port {row['dst_port']}"
        yield Mark(
            kind="pace",
            title=f"{_WINDOW_CALLS} connections to {where} within {seconds} s",
            table="network_activity",
            traits=(
                Trait(column="protocol", how=How.IS, value="tcp"),
                Trait(column="dst_ip", how=How.IS, value=str(row["dst_ip"])),
                Trait(column="dst_port", how=How.IS, value=str(row["dst_port"])),
            ),
            pace=Pace(count=_WINDOW_CALLS, seconds=seconds),
        )


def _is_host(name: str) -> bool:
    return (
        len(name) <= 253 and re.fullmatch(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?", name) is not None
    )


def _mark(kind: str, title: str, table: str, *traits: tuple[str, How, str]) -> Mark:
    made = tuple(Trait(column=column, how=how, value=value) for column, how, value in traits)
    return Mark(kind=kind, title=title, table=table, traits=made)


def _rows(engine: Engine, sql: str) -> Sequence[Mapping[str, Any]]:
    return engine.query(sql)
