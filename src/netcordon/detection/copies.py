"""Narrow copies of the two largest tables, with addresses, names and words as numbers.

Sixty detectors ask the same columns of flows and look-ups again and again. Both are read once and
kept beside the views: columns that many read, no others, and what would be worked out for every row
each time (is this end inside?) worked out once. Their texts are enumerations: grouped, joined and
sorted as integers, and read as the text that they stand for. An enumeration is sorted by its text,
so that order, least and greatest are those of the text.

``flows``    rows of ``network_activity``; without addresses' halves and tunnels' parents, and for
             ``uid`` the number ``flow_key``, ``hash(evidence_id, uid)``: of ten million flows two
             have the same with a chance of one in 400,000
``continued``  flows that go on with one before: devices cut what lasts, and files end every few
             minutes, so that one connection stands there as rows at a regular distance
``lookups``  rows of ``dns_activity`` of the service DNS; ``query`` in lower case, NULL when empty
``domain_of``  the registered domain of a ``query`` that has one
"""

from __future__ import annotations

from netcordon.tables.engine import Engine

MOST_WORDS = 1 << 21
"""Distinct texts above which they stay text: an enumeration is held in memory as a whole."""

_WORDS = {
    "address": """
        SELECT src_ip AS word FROM network_activity UNION SELECT dst_ip FROM network_activity
        UNION SELECT src_ip FROM dns_activity UNION SELECT dst_ip FROM dns_activity
        UNION SELECT src_ip FROM http_activity UNION SELECT dst_ip FROM http_activity
        UNION SELECT src_ip FROM tls_activity UNION SELECT dst_ip FROM tls_activity""",
    "word": """
        SELECT protocol AS word FROM network_activity UNION SELECT service FROM network_activity
        UNION SELECT history FROM network_activity UNION SELECT conn_state FROM network_activity
        UNION SELECT evidence_id FROM network_activity
        UNION SELECT protocol FROM dns_activity UNION SELECT query_type FROM dns_activity
        UNION SELECT rcode FROM dns_activity UNION SELECT evidence_id FROM dns_activity""",
    "host": "SELECT name AS word FROM name UNION SELECT registered_domain FROM name",
}

FLOWS = """
SELECT src_ip::address AS src_ip, dst_ip::address AS dst_ip, src_port, dst_port,
       protocol::word AS protocol, service::word AS service, history::word AS history,
       conn_state::word AS conn_state,
       start_time, end_time, duration_s, packets_out, packets_in, payload_bytes_out,
       payload_bytes_in, ip_bytes_out, ip_bytes_in, ttl_min_out, tcp_flags_out, tcp_flags_in,
       is_fragment,
       tunnel_parent IS NULL AS is_outer, is_internal(src_ip_hi, src_ip_lo) AS src_internal,
       is_internal(dst_ip_hi, dst_ip_lo) AS dst_internal,
       is_multicast(src_ip_hi, src_ip_lo) AS src_multicast,
       is_multicast(dst_ip_hi, dst_ip_lo) AS dst_multicast, evidence_id::word AS evidence_id,
       first_frame, hash(evidence_id, uid) AS flow_key
FROM network_activity
"""

CONTINUED = """
SELECT flow_key FROM (
    SELECT hash(evidence_id, uid) AS flow_key, start_time, protocol,
           max(end_time) OVER (PARTITION BY exporter, src_ip_hi, src_ip_lo, src_port, dst_ip_hi,
                                            dst_ip_lo, dst_port, protocol
                               ORDER BY start_time, end_time, uid
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM network_activity
    WHERE exporter IS NOT NULL AND src_port IS NOT NULL AND dst_port IS NOT NULL)
WHERE epoch_us(start_time) - epoch_us(before)
      <= CASE WHEN protocol = 'tcp' THEN 300000000 ELSE 60000000 END
"""

LOOKUPS = """
SELECT src_ip::address AS src_ip, src_port, dst_ip::address AS dst_ip, dst_port,
       protocol::word AS protocol,
       nullif(lower(query), '')::host AS query, query_type::word AS query_type, is_response,
       rcode::word AS rcode, transaction_id, query_bytes, answer_bytes, message_bytes,
       list_min(answer_ttls) <= 1 AS is_short_lived, time,
       evidence_id::word AS evidence_id, frame
FROM dns_activity WHERE service = 'dns'
"""

DOMAIN_OF = """
SELECT name::host AS query, registered_domain::host AS domain FROM name
WHERE registered_domain IS NOT NULL
"""


def add_words(engine: Engine) -> None:
    """Make the types that the copies are made with; ``name`` must be there."""
    for name, words in _WORDS.items():
        engine.add_words(name, words, MOST_WORDS)
