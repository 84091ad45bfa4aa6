-- TLS clients that few hosts have: fingerprint, hosts, and one place they went to.
-- $hosts = 2: most hosts that a rare one has
-- $limit = 50: rows
SELECT ja4, count(DISTINCT src_ip) AS hosts, min(src_ip) AS one_of_them, count(*) AS handshakes,
       count(DISTINCT coalesce(server_name, dst_ip)) AS places,
       min(coalesce(server_name, dst_ip)) AS one_place, min(time) AS first_seen_time
FROM tls_activity WHERE ja4 IS NOT NULL
GROUP BY ja4 HAVING count(DISTINCT src_ip) <= $hosts
ORDER BY hosts, handshakes DESC, ja4 LIMIT $limit
