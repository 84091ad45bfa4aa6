-- Registered domains first asked for in the last hours of the evidence, and by whom.
-- $hours = 24: length of the end that counts as new
-- $limit = 50: rows
WITH asked AS (
    SELECT coalesce(n.registered_domain, n.name) AS domain, d.src_ip, d.time
    FROM dns_activity d JOIN name n ON n.name = lower(d.query)
    WHERE d.service = 'dns' AND NOT d.is_response
)
SELECT domain, min(time) AS first_seen_time, count(*) AS questions,
       count(DISTINCT src_ip) AS hosts, min(src_ip) AS one_of_them
FROM asked GROUP BY domain
HAVING min(time) >= (SELECT max(time) FROM asked) - to_hours($hours)
ORDER BY first_seen_time DESC, domain LIMIT $limit
