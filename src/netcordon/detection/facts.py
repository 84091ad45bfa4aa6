"""Facts about the whole evidence that detectors join: names, services, programs and their users.

They stand beside the tables' views. Global by nature, they are computed once, before the detectors
run; what has a row for every flow stays a view, since a copy of it would cost more than it saves.

``name``           names seen, with registered domains (``tables.names``)
``known_service``  those that are well known (``detection.services``)
``looked_up``      which names a source knew an address by
``named_share``    how many of a source's places outside have a name that was seen
``client_program`` which program opened a flow, by TLS fingerprint or User-Agent
``client_use``     how many hosts use a program, and for how many sites
``place_use``      how many hosts inside get an answer from an address
``active_hosts``   how many hosts inside speak at all
``domain_controller``  hosts that serve as one: they issue tickets, or authenticate computers
"""

from __future__ import annotations

from netcordon.detection.services import add_known_services
from netcordon.errors import QueryError
from netcordon.tables.engine import Engine
from netcordon.tables.names import add_names


def add_facts(engine: Engine) -> None:
    """Put the facts beside the views; home networks must be set before.

    Tables of the engine count against its memory limit and move to its spill folder beyond it.
    """
    add_names(engine)
    add_known_services(engine)
    engine.add_view("client_program", _CLIENT_PROGRAM)
    for name, sql in _KEPT:
        try:
            engine.keep(name, sql)
        except QueryError:
            # What does not fit fails the detectors that use it, each with a note, and no other.
            engine.add_view(name, sql)


_LOOKED_UP = """
SELECT src_ip, address, list(DISTINCT host ORDER BY host)[1:3] AS names FROM (
    SELECT src_ip, unnest(answers) AS address, lower(query) AS host
    FROM dns_activity WHERE service = 'dns' AND is_response
    UNION
    SELECT src_ip, dst_ip, lower(server_name) FROM tls_activity WHERE server_name IS NOT NULL
    UNION
    SELECT src_ip, dst_ip, lower(regexp_replace(host, ':[0-9]+$', '')) FROM http_activity
    WHERE host IS NOT NULL AND regexp_replace(host, ':[0-9]+$', '') <> dst_ip)
GROUP BY src_ip, address
"""

# Where most places have a name that was seen, a place without one is a sign; where the look-ups
# were not recorded (fewer than three names, or no answer at all) it says nothing.
_NAMED_SHARE = """
SELECT f.src_ip, count(DISTINCT l.address) / count(DISTINCT f.dst_ip) AS named_share
FROM network_activity f LEFT JOIN looked_up l ON l.src_ip = f.src_ip AND l.address = f.dst_ip
WHERE NOT is_internal(f.dst_ip_hi, f.dst_ip_lo) AND NOT is_multicast(f.dst_ip_hi, f.dst_ip_lo)
  AND f.protocol IN ('tcp', 'udp') AND f.tunnel_parent IS NULL AND f.payload_bytes_in > 0
GROUP BY f.src_ip
HAVING count(DISTINCT l.address) >= 3
   AND EXISTS (SELECT 1 FROM dns_activity d WHERE d.src_ip = f.src_ip AND d.is_response)
"""

_CLIENT_PROGRAM = """
SELECT uid, evidence_id, src_ip, ja4 AS client, coalesce(n.registered_domain, dst_ip) AS site
FROM tls_activity LEFT JOIN name n ON n.name = lower(server_name) WHERE ja4 IS NOT NULL
UNION ALL
SELECT uid, evidence_id, src_ip, user_agent, coalesce(n.registered_domain, dst_ip)
FROM http_activity LEFT JOIN name n ON n.name = lower(regexp_replace(host, ':[0-9]+$', ''))
WHERE user_agent IS NOT NULL
"""

_CLIENT_USE = """
SELECT client, count(DISTINCT src_ip) AS hosts, count(DISTINCT site) AS sites
FROM client_program GROUP BY client
"""

_PLACE_USE = """
SELECT dst_ip, count(DISTINCT src_ip) AS users FROM network_activity
WHERE is_internal(src_ip_hi, src_ip_lo) AND packets_in > 0 AND tunnel_parent IS NULL
GROUP BY dst_ip
"""

_ACTIVE_HOSTS = """
SELECT count(DISTINCT src_ip) FILTER (is_internal(src_ip_hi, src_ip_lo)) AS active
FROM network_activity
"""

# Replication and directory calls are no sign: a rogue controller is asked for them as well.
_DOMAIN_CONTROLLER = """
SELECT DISTINCT dst_ip AS ip FROM kerberos_activity
WHERE message_type IN ('AS-REQ', 'AS-REP', 'TGS-REQ', 'TGS-REP')
UNION
SELECT DISTINCT dst_ip FROM dcerpc_activity
WHERE interface = 'netlogon'
  AND (operation LIKE 'NetrServer%' OR operation LIKE 'NetrLogon%' OR operation LIKE 'DsrGetDc%')
"""

_KEPT = (
    ("looked_up", _LOOKED_UP),
    ("named_share", _NAMED_SHARE),
    ("client_use", _CLIENT_USE),
    ("place_use", _PLACE_USE),
    ("active_hosts", _ACTIVE_HOSTS),
    ("domain_controller", _DOMAIN_CONTROLLER),
)
