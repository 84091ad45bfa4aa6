"""What a hunt looked through, and what the evidence could not have shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from netcordon.hunting.places import (
    ACCOUNTS,
    FLOW_ENDS,
    LOGGED_ENDS,
    NAMES,
    TEXTS,
    TOLD_ADDRESSES,
    URLS,
)
from netcordon.model.hunt import Searched, WantedType
from netcordon.model.quantity import count_text
from netcordon.tables.engine import Engine

_W = WantedType
_PLACES = (*ACCOUNTS, *FLOW_ENDS, *LOGGED_ENDS, *NAMES, *TEXTS, *TOLD_ADDRESSES, URLS)
_TABLES = sorted({place.table for place in _PLACES})
_NAMED = frozenset({_W.DOMAIN, _W.URL})

_FACTS = """
SELECT (SELECT count(*) FROM network_activity) AS flows,
       (SELECT count(*) FROM network_activity WHERE service IN ('tls', 'quic', 'dtls')
        OR dst_port = 443) AS secure,
       (SELECT count(*) FROM dns_activity) AS names,
       (SELECT count(*) FROM http_activity) AS web,
       (SELECT count(*) FROM tls_activity) AS tls,
       (SELECT count(*) FROM tls_activity WHERE server_name IS NULL) AS nameless,
       (SELECT count(*) FROM tls_activity WHERE has_ech) AS ech,
       (SELECT count(*) FROM tls_activity WHERE certificate_sha256 IS NULL) AS uncertified,
       (SELECT count(*) FROM file_activity) AS files,
       (SELECT count(*) FROM file_activity WHERE sha256 IS NULL) AS unhashed,
       (SELECT count(*) FROM authentication) AS logins
"""
_WARNED = """
SELECT code, what, sum("count")::BIGINT AS n FROM ingest_warning
GROUP BY code, what ORDER BY n DESC, code, what LIMIT 4
"""


def searched(engine: Engine) -> tuple[Searched, ...]:
    """Every table that a hunt looks through, with its rows and their span."""
    out = []
    for table in _TABLES:
        first, last = {
            "network_activity": ("start_time", "end_time"),
            "host_identity": ("first_seen_time", "last_seen_time"),
        }.get(table, ("time", "time"))
        row = engine.query(
            f"SELECT count(*) AS n, min({first}) AS first, max({last}) AS last FROM {table}"
        )[0]
        out.append(
            Searched(
                table=table,
                rows=int(str(row["n"])),
                first_time=row["first"],  # type: ignore[arg-type]
                last_time=row["last"],  # type: ignore[arg-type]
            )
        )
    return tuple(out)


def counted(engine: Engine) -> Counter[str]:
    """Counts of rows that tell, or fail to tell, what is hunted for."""
    row = engine.query(_FACTS)[0]
    return Counter({name: int(str(value)) for name, value in row.items()})


def not_visible(
    engine: Engine, types: AbstractSet[WantedType], unread: Mapping[str, int]
) -> tuple[str, ...]:
    """What could not have been seen of things of these types, in sentences.

    Args:
        engine: with the views.
        types: of what is wanted.
        unread: what ``counted`` says of rows that the views leave out.
    """
    facts = counted(engine)
    facts.update(unread)
    warned = (
        f"{warned['code']}: {str(warned['what']).rstrip('.')} ({warned['n']:,} times)."
        for warned in engine.query(_WARNED)
    )
    return (*hidden_by(facts, types), *warned)


def hidden_by(facts: Counter[str], types: AbstractSet[WantedType]) -> list[str]:
    """The same sentences from counts alone."""
    out: list[str] = []
    if not facts["flows"]:
        out.append("No flow was read: who spoke to whom shows only where a log names both ends.")
    if types & _NAMED:
        out += _names(facts)
    if types & {_W.URL, _W.USER_AGENT}:
        if not facts["web"]:
            out.append("No HTTP request in the clear: no URL and no user agent is visible.")
        if facts["tls"]:
            out.append(
                f"{count_text(facts['tls'], 'TLS session')}: URLs and user agents inside are "
                "encrypted; of a URL, only its host can be seen there."
            )
    out += _fingerprints(facts, types)
    if types & {_W.ACCOUNT, _W.MAIL} and not facts["logins"]:
        out.append("No login is visible in the evidence.")
    if _W.MAIL in types and facts["tls"]:
        out.append("Mail inside TLS is encrypted: its senders and recipients are not visible.")
    return out


def _names(facts: Counter[str]) -> list[str]:
    out = []
    if not facts["names"]:
        out.append("No DNS message: names are visible only where TLS or HTTP tells them.")
    if facts["secure"] and not facts["tls"]:
        out.append("No TLS handshake was decoded: no name in TLS is visible.")
    elif facts["nameless"]:
        out.append(
            f"{facts['nameless']:,} of {count_text(facts['tls'], 'TLS handshake')} tell no name."
        )
    if facts["ech"]:
        out.append(f"{count_text(facts['ech'], 'TLS handshake')} hide the real name (ECH).")
    return out


def _fingerprints(facts: Counter[str], types: AbstractSet[WantedType]) -> list[str]:
    out = []
    if types & {_W.JA3, _W.JA4} and not facts["tls"]:
        out.append("No TLS handshake was decoded: no JA3 and no JA4 is visible.")
    if _W.MD5 in types:
        out.append("MD5 of files is not kept, only SHA-256: 32 digits were looked for as JA3, "
                   "JA3S and HASSH.")  # fmt: skip
    if _W.SHA1 in types:
        out.append("SHA-1 of files and certificates is not kept, only SHA-256: nothing of these "
                   "could be seen.")  # fmt: skip
    if _W.SHA256 in types:
        if not facts["files"]:
            out.append("No carried file is visible in the evidence.")
        elif facts["unhashed"]:
            out.append(
                f"{facts['unhashed']:,} of {count_text(facts['files'], 'carried file')} have no "
                "hash: they are incomplete or too long."
            )
        if facts["uncertified"]:
            out.append(
                f"{facts['uncertified']:,} of {count_text(facts['tls'], 'TLS session')} show no "
                "certificate (TLS 1.3, resumed, or not captured)."
            )
    return out
