"""Where each type of indicator can stand: one query a place, all with the same columns.

``key`` (for addresses ``hi`` and ``lo``) is compared with what is wanted; ``value`` is shown;
``host`` touched it and ``way`` says how: ``out`` it went there, ``in`` it was reached from there,
``told`` it was told of it, ``own`` it said so or is it.
"""

from __future__ import annotations

from dataclasses import dataclass

from netcordon.model.hunt import WantedType


@dataclass(frozen=True, kw_only=True)
class Place:
    """One column in which values of some types stand.

    Attributes:
        table: of the lake.
        column: as it is shown.
        types: what is looked for here.
        way: see above.
        rows: a ``SELECT`` of the columns above with ``t``, ``t_end``, ``evidence_id``, ``frame``
            and ``uid``.
    """

    table: str
    column: str
    types: frozenset[WantedType]
    way: str
    rows: str


def _place(
    table: str, column: str, types: tuple[WantedType, ...], *, key: str = "", value: str = "",
    way: str = "out", host: str = "src_ip", where: str = "", source: str = "",
) -> Place:  # fmt: skip
    value = value or column
    flows = table == "network_activity"
    time, end, frame = (
        ("start_time", "end_time", "first_frame") if flows else ("time", "time", "frame")
    )
    test = where or f"{value} IS NOT NULL"
    rows = (
        f"SELECT {key or f'lower({value})'} AS key, {value} AS value, {host} AS host, {time} AS t, "
        f"{end} AS t_end, evidence_id, {frame} AS frame, uid FROM {source or table} WHERE {test}"
    )
    return Place(table=table, column=column, types=frozenset(types), way=way, rows=rows)


_W = WantedType
_HASHES = (_W.JA3, _W.MD5)
_HASSHES = (_W.HASSH, _W.MD5)
_ARP = (
    "SELECT {0} AS key, {0} AS value, sender_ip AS host, time AS t, time AS t_end, evidence_id, "
    "frame, NULL AS uid FROM arp_activity WHERE {0} IS NOT NULL"
)
_IDENTITY = (
    'SELECT {0} AS key, {1} AS value, ip AS host, first_seen_time AS t, last_seen_time AS t_end, '
    "evidence_id, first_frame AS frame, NULL AS uid FROM host_identity WHERE {2} IS NOT NULL"
)  # fmt: skip
_WEB_HOST = "lower(regexp_replace(host, ':[0-9]+$', ''))"

FLOW_ENDS = tuple(
    Place(
        table="network_activity",
        column=f"{end}_ip",
        types=frozenset({_W.ADDRESS, _W.PREFIX}),
        way=way,
        rows=f"SELECT {end}_ip_hi AS hi, {end}_ip_lo AS lo, {end}_ip AS value, {other}_ip AS host, "
        "start_time AS t, end_time AS t_end, evidence_id, first_frame AS frame, uid "
        "FROM network_activity",
    )
    for end, other, way in (("dst", "src", "out"), ("src", "dst", "in"))
)
"""Addresses as ends of flows, compared by their 64-bit halves."""

_LOGGED = (
    "authentication", "api_activity", "http_activity", "dns_activity", "tls_activity",
    "ssh_activity", "detection_finding",
)  # fmt: skip
_ONE_END = ("authentication", "api_activity", "http_activity")
"""Logs of who was logged in to, or was asked, seldom name their own address."""


def _logged(table: str, end: str, other: str, way: str, *, alone: bool = False) -> Place:
    host, test = (end, "IS NULL") if alone else (other, "IS NOT NULL")
    return Place(
        table=table,
        column=f"{end}_ip",
        types=frozenset({_W.ADDRESS, _W.PREFIX}),
        way=way,
        rows=f"SELECT {end}_ip_hi AS hi, {end}_ip_lo AS lo, {end}_ip AS value, {host}_ip AS host, "
        "time AS t, time AS t_end, evidence_id, frame, uid "
        f"FROM {table} ANTI JOIN network_activity USING (uid) "
        f"WHERE {end}_ip IS NOT NULL AND {other}_ip {test}",
    )


LOGGED_ENDS = (
    *(_logged(table, "dst", "src", "out") for table in _LOGGED),
    *(_logged(table, "src", "dst", "in") for table in _LOGGED),
    *(_logged(table, "src", "dst", "own", alone=True) for table in _ONE_END),
)
"""Addresses as ends of rows that have no flow: logs of logins, proxies, resolvers, sensors."""

_MAILBOX = r'[^<>,;:\[\]{}\s"\\]+@[^<>,;:\[\]{}\s"\\]+'
_ADDRESS = (_W.ADDRESS, _W.PREFIX)
TOLD_ADDRESSES = (
    _place("dns_activity", "answers", _ADDRESS, key="value", value="value", way="told",
           source="(SELECT *, unnest(answers) AS value, unnest(answer_types) AS kind "
                  "FROM dns_activity WHERE is_response)",
           where="kind IN ('A', 'AAAA')"),
    _place("dhcp_activity", "assigned_ip", _ADDRESS, key="assigned_ip", way="own",
           host="assigned_ip"),
    _place("dhcp_activity", "server_ip", _ADDRESS, key="server_ip", way="told"),
    Place(table="arp_activity", column="sender_ip", types=frozenset(_ADDRESS), way="own",
          rows=_ARP.format("sender_ip")),
    Place(table="arp_activity", column="target_ip", types=frozenset(_ADDRESS), way="out",
          rows=_ARP.format("target_ip")),
    _place("http_activity", "host", _ADDRESS, key=_WEB_HOST, value="host"),
    _place("http_activity", "proxied_for", _ADDRESS, way="in", host="dst_ip",
           key="trim(split_part(proxied_for, ',', 1))", value="proxied_for"),
    _place("application_activity", "object", _ADDRESS, value="object",
           key="trim(regexp_replace(object, ':[0-9]+$', ''), '[]')",
           where="service IN ('socks', 'sip')"),
)  # fmt: skip
"""Addresses as text: what hosts were told, and asked others to reach for them."""

NAMES = (
    _place("dns_activity", "query", (_W.DOMAIN,)),
    _place("dns_activity", "answers", (_W.DOMAIN,), key="lower(rtrim(value, '.'))", value="value",
           way="told",
           source="(SELECT * FROM (SELECT *, unnest(answers) AS value, unnest(answer_types) AS kind"
                  " FROM dns_activity WHERE is_response) WHERE kind IN ('CNAME', 'NS', 'PTR'))"),
    _place("http_activity", "host", (_W.DOMAIN,), key=_WEB_HOST, value="host"),
    _place("tls_activity", "server_name", (_W.DOMAIN,)),
    _place("tls_activity", "certificate_names", (_W.DOMAIN,), key="ltrim(lower(value), '*.')",
           value="value", way="told",
           source="(SELECT *, unnest(certificate_names) AS value FROM tls_activity)"),
    _place("application_activity", "object", (_W.DOMAIN,), value="object",
           key="lower(regexp_replace(object, ':[0-9]+$', ''))",
           where="service IN ('socks', 'sip')"),
    Place(table="host_identity", column="host_name", types=frozenset({_W.DOMAIN}), way="own",
          rows=_IDENTITY.format("lower(host_name || coalesce('.' || domain, ''))",
                                "host_name || coalesce('.' || domain, '')", "host_name")),
)  # fmt: skip
"""Host names, compared label by label from the right."""

TEXTS = (
    _place("tls_activity", "ja4", (_W.JA4,)),
    _place("tls_activity", "ja3", _HASHES),
    _place("tls_activity", "ja3s", _HASHES, way="in", host="src_ip"),
    _place("ssh_activity", "hassh", _HASSHES),
    _place("ssh_activity", "hassh_server", _HASSHES),
    _place("file_activity", "sha256", (_W.SHA256,)),
    _place("tls_activity", "certificate_sha256", (_W.SHA256,), way="told"),
    _place("http_activity", "user_agent", (_W.USER_AGENT,)),
    _place("application_activity", "software", (_W.USER_AGENT,),
           where="software IS NOT NULL AND NOT coalesce(is_response, false)"),
    _place("authentication", "account", (_W.MAIL,)),
    _place("kerberos_activity", "client_name", (_W.MAIL,)),
    _place("application_activity", "account", (_W.MAIL,)),
    _place("http_activity", "account", (_W.MAIL,)),
    _place("application_activity", "detail", (_W.MAIL,), value="value", way="told",
           source="(SELECT *, unnest(list_distinct(regexp_extract_all(lower(detail), "
                  f"'{_MAILBOX}'))) AS value FROM application_activity "
                  "WHERE service IN ('smtp', 'imap', 'pop3') AND detail IS NOT NULL)"),
)  # fmt: skip
"""Compared whole, without regard to case."""


def _account(table: str, column: str, *, user: str = "", domain: str = "NULL") -> Place:
    user = user or column
    rows = (
        f"SELECT lower(regexp_replace(regexp_replace({user}, '^.*[\\\\/]', ''), '@.*$', '')) "
        f"AS key, lower(split_part(coalesce(nullif({domain}, ''), "
        f"nullif(regexp_extract({user}, '^(.*)\\\\', 1), ''), "
        f"nullif(regexp_extract({user}, '@(.*)$', 1), '')), '.', 1)) AS realm, "
        f"{user} AS value, src_ip AS host, time AS t, time AS t_end, evidence_id, frame, uid "
        f"FROM {table} WHERE {user} IS NOT NULL"
    )
    return Place(
        table=table, column=column, types=frozenset({_W.ACCOUNT}), way="own", rows=rows
    )  # fmt: skip


ACCOUNTS = (
    _account("authentication", "account", domain="domain"),
    _account("kerberos_activity", "client_name", domain="realm"),
    _account("kerberos_activity", "impersonated_name", domain="realm"),
    _account("smb_activity", "account"),
    _account("dcerpc_activity", "account"),
    _account("http_activity", "account"),
    _account("application_activity", "account"),
    _account("rdp_activity", "cookie"),
    Place(table="host_identity", column="user", types=frozenset({_W.ACCOUNT}), way="own",
          rows="SELECT lower(\"user\") AS key, lower(split_part(domain, '.', 1)) AS realm, "
               '"user" AS value, ip AS host, first_seen_time AS t, last_seen_time AS t_end, '
               "evidence_id, first_frame AS frame, NULL AS uid FROM host_identity "
               'WHERE "user" IS NOT NULL'),
)  # fmt: skip
"""User names; a domain on both sides must agree in its first label."""

URLS = Place(
    table="http_activity",
    column="uri",
    types=frozenset({_W.URL}),
    way="out",
    rows="SELECT site || split_part(path, '?', 1) AS key, nullif(regexp_extract(path, '[?](.*)$', "
    "1), '') AS query, dst_port AS port, 'http://' || site || path AS value, src_ip AS host, "
    "time AS t, time AS t_end, evidence_id, frame, uid FROM (SELECT *, "
    f"CASE WHEN uri ILIKE 'http%://%' THEN lower(regexp_extract(uri, '^[^:]+://([^/:?]+)', 1)) "
    f"ELSE {_WEB_HOST} END AS site, "
    "CASE WHEN uri ILIKE 'http%://%' THEN regexp_replace(uri, '^[^:]+://[^/?]*', '') ELSE uri END "
    "AS path FROM http_activity WHERE uri IS NOT NULL AND host IS NOT NULL)",
)  # fmt: skip
"""URLs of requests in the clear, without their scheme."""
