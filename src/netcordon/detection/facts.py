"""Facts about the whole evidence that detectors join: names, services, programs and their users.

They stand beside the tables' views. Global by nature, they are computed once, before the detectors
run; what has a row for every flow stays a view, since a copy of it would cost more than it saves.

``flows``, ``continued``, ``lookups``, ``domain_of``  the copies of ``detection.copies``
``name``           names seen, with registered domains (``tables.names``)
``known_service``  those that are well known (``detection.services``)
``looked_up``      which names a source knew an address by
``named_share``    how many of a source's places outside have a name that was seen
``client_program`` which program opened a flow, by TLS fingerprint or User-Agent
``client_use``     how many hosts use a program, and for how many sites
``place_use``      how many hosts inside get an answer from an address
``active_hosts``   how many hosts inside get an answer from any address
``named_contact``  contacts told by a name or a TLS fingerprint: connections, requests, questions
``decoy``          marked copies of documents, when there are any (``detection.decoys``)
``own_finding``    what the other detectors found, once they did (``detection.own_findings``)
``domain_controller``  hosts that serve as one: they issue tickets, or authenticate computers
"""

from __future__ import annotations

from collections.abc import Sequence

from netcordon.detection.copies import CONTINUED, DOMAIN_OF, FLOWS, LOOKUPS, add_words
from netcordon.detection.decoys import add_decoys
from netcordon.detection.own_findings import add_own_findings
from netcordon.detection.services import add_known_services
from netcordon.errors import QueryError
from netcordon.model.decoy import DecoyCopy
from netcordon.tables.engine import Engine
from netcordon.tables.names import add_names


def add_facts(engine: Engine, decoys: Sequence[DecoyCopy] = ()) -> None:
    """Put the facts beside the views; home networks must be set before.

    Args:
        engine: views over the evidence.
        decoys: marked copies that are watched for.

    Tables of the engine count against its memory limit and move to its spill folder beyond it.
    """
    add_names(engine)
    add_known_services(engine)
    add_decoys(engine, decoys)
    add_own_findings(engine)
    add_words(engine)
    engine.add_view("client_program", _CLIENT_PROGRAM)
    for name, sql in _KEPT:
        try:
            engine.keep(name, sql)
        except QueryError:
            # What does not fit fails the detectors that use it, each with a note, and no other.
            engine.add_view(name, sql)


def drop_facts(engine: Engine) -> None:
    """Give back the memory of what only detectors read."""
    engine.drop([name for name, _ in _KEPT])


# Whom nobody spoke to is no address here, and is left out.
_LOOKED_UP = """
WITH answer AS MATERIALIZED (
    SELECT * FROM (SELECT src_ip, unnest(answers) AS address, lower(query) AS host
                   FROM dns_activity WHERE service = 'dns' AND is_response AND len(answers) > 0)
    WHERE address IN (SELECT word FROM address_words)
),
told AS MATERIALIZED (
    SELECT * FROM answer
    UNION
    SELECT src_ip, dst_ip, lower(server_name) FROM tls_activity
    UNION
    SELECT src_ip, dst_ip, lower(regexp_replace(host, ':[0-9]+$', ''))
    FROM http_activity WHERE regexp_replace(host, ':[0-9]+$', '') <> dst_ip
)
SELECT src_ip, address, min(host, 3) AS names FROM (
    SELECT src_ip::address AS src_ip, address::address AS address, host::host AS host FROM told
    WHERE src_ip IN (SELECT word FROM address_words)
      AND address IN (SELECT word FROM address_words) AND host <> '')
GROUP BY src_ip, address
"""

# Where most places have a name that was seen, a place without one is a sign; where the look-ups
# were not recorded (fewer than three names, or no answer at all) it says nothing.
_NAMED_SHARE = """
SELECT f.src_ip, count(l.address) / count(*) AS named_share
FROM (SELECT DISTINCT src_ip, dst_ip FROM flows
      WHERE NOT dst_internal AND NOT dst_multicast AND protocol IN ('tcp', 'udp')
        AND is_outer AND payload_bytes_in > 0) f
LEFT JOIN looked_up l ON l.src_ip = f.src_ip AND l.address = f.dst_ip
WHERE f.src_ip IN (SELECT src_ip::address FROM dns_activity WHERE is_response)
GROUP BY f.src_ip HAVING count(l.address) >= 3
"""

_CLIENT_PROGRAM = """
SELECT hash(evidence_id, uid) AS flow_key, src_ip, ja4 AS client,
       coalesce(n.registered_domain, dst_ip) AS site
FROM tls_activity LEFT JOIN name n ON n.name = lower(server_name) WHERE ja4 IS NOT NULL
UNION ALL
SELECT hash(evidence_id, uid), src_ip, user_agent, coalesce(n.registered_domain, dst_ip)
FROM http_activity LEFT JOIN name n ON n.name = lower(regexp_replace(host, ':[0-9]+$', ''))
WHERE user_agent IS NOT NULL
"""

_CLIENT_USE = """
SELECT client, count(DISTINCT src_ip) AS hosts, count(DISTINCT site) AS sites
FROM client_program GROUP BY client
"""

_PLACE_USE = """
SELECT dst_ip, count(*) AS users FROM (
    SELECT DISTINCT dst_ip, src_ip FROM flows WHERE src_internal AND packets_in > 0 AND is_outer)
GROUP BY dst_ip
"""

# Who never gets an answer from one host alone (it only announces itself, or has an address for its
# own link beside the other) could not have been seen to go anywhere either.
_ACTIVE_HOSTS = """
SELECT count(DISTINCT src_ip) AS active FROM flows
WHERE src_internal AND packets_in > 0 AND NOT dst_multicast AND is_outer
"""

# What a contact is keyed by, beside the address: the server's name, or the client's fingerprint in
# a network. Questions that a resolver passes on are the rhythm of whoever asked it.
_NAMED_CONTACT = """
WITH hello AS MATERIALIZED (
    SELECT f.flow_key, f.evidence_id, f.src_ip, src_port, f.dst_ip, x.dst_ip_hi, x.dst_ip_lo,
           dst_port, protocol, service, start_time AS t, first_frame AS frame,
           payload_bytes_out AS ob, payload_bytes_in AS ib, packets_in > 0 AS answered,
           false AS referred, dst_internal,
           'network_activity' AS tbl, x.host, x.ja4
    FROM flows f
    JOIN (SELECT hash(evidence_id, uid) AS flow_key, min(dst_ip_hi) AS dst_ip_hi,
                 min(dst_ip_lo) AS dst_ip_lo, min(lower(server_name)) AS host, min(ja4) AS ja4
          FROM tls_activity GROUP BY flow_key) x USING (flow_key)
    WHERE protocol IN ('tcp', 'udp') AND NOT dst_multicast AND NOT is_fragment AND is_outer
),
web AS (
    SELECT hash(evidence_id, uid) AS flow_key, evidence_id, src_ip::address AS src_ip, src_port,
           dst_ip::address AS dst_ip, dst_port, 'tcp' AS protocol,
           'http' AS service, time AS t, frame,
           request_body_bytes + strlen(coalesce(uri, '')) AS ob, response_body_bytes AS ib,
           status_code IS NOT NULL AS answered, referrer IS NOT NULL AS referred,
           is_internal(dst_ip_hi, dst_ip_lo) AS dst_internal, 'http_activity' AS tbl,
           lower(regexp_replace(host, ':[0-9]+$', '')) AS host
    FROM http_activity
    WHERE method IS NOT NULL AND host IS NOT NULL
      -- Where no peer is named, a proxy is told by what it was asked; a web server is none.
      AND CASE WHEN dst_ip IS NULL THEN method = 'CONNECT' OR starts_with(uri, 'http://')
               ELSE NOT is_multicast(dst_ip_hi, dst_ip_lo) END
),
-- No program is known by its questions: what they are part of is not read.
asked AS MATERIALIZED (
    SELECT d.*, n.domain FROM lookups d JOIN domain_of n USING (query)
    WHERE NOT d.is_response
      AND d.query_type IN ('TXT', 'NULL', 'CNAME', 'MX', 'SRV', 'KEY', 'TYPE65399')
),
passed_on AS (
    SELECT DISTINCT dst_ip AS src_ip, query FROM lookups
    WHERE NOT is_response AND dst_ip IN (SELECT src_ip FROM asked)
),
inside AS (SELECT DISTINCT dst_ip FROM flows WHERE dst_internal),
ask AS (
    SELECT NULL::UBIGINT AS flow_key, d.evidence_id, d.src_ip, d.src_port, d.dst_ip, d.dst_port,
           d.protocol, 'dns' AS service, d.time AS t, d.frame, d.message_bytes AS ob, 0 AS ib,
           true AS answered, false AS referred,
           i.dst_ip IS NOT NULL AS dst_internal, 'dns_activity' AS tbl, d.domain AS host
    FROM asked d ANTI JOIN passed_on p ON p.src_ip = d.src_ip AND p.query = d.query
    LEFT JOIN inside i ON i.dst_ip = d.dst_ip
)
SELECT 'name' AS kind, host AS key, * FROM hello WHERE host IS NOT NULL
UNION ALL BY NAME
SELECT 'name' AS kind, 'http://' || host || coalesce(':' || dst_port, '') AS key, * FROM web
UNION ALL BY NAME
SELECT 'name' AS kind, 'dns ' || host AS key, * FROM ask
UNION ALL BY NAME
SELECT 'fingerprint' AS kind, ja4 || ' ' || dst_ip_hi || ' ' || (dst_ip_lo >> 8) AS key,
       * EXCLUDE host
FROM hello WHERE ja4 IS NOT NULL
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
    ("flows", FLOWS),
    ("continued", CONTINUED),
    ("lookups", LOOKUPS),
    ("domain_of", DOMAIN_OF),
    ("looked_up", _LOOKED_UP),
    ("named_share", _NAMED_SHARE),
    ("client_use", _CLIENT_USE),
    ("place_use", _PLACE_USE),
    ("active_hosts", _ACTIVE_HOSTS),
    ("named_contact", _NAMED_CONTACT),
    ("domain_controller", _DOMAIN_CONTROLLER),
)
