-- Addresses outside that only few hosts of ours went to, by bytes sent.
-- $hosts = 1: most hosts that a rare one has
-- $limit = 50: rows
SELECT dst_ip, min(dst_port) AS port, count(DISTINCT src_ip) AS hosts, min(src_ip) AS one_of_them,
       count(*) AS flows, sum(payload_bytes_out)::BIGINT AS bytes_out,
       min(start_time) AS first_seen_time, max(end_time) AS last_seen_time
FROM network_activity
WHERE is_internal(src_ip_hi, src_ip_lo) AND NOT is_internal(dst_ip_hi, dst_ip_lo)
  AND NOT is_multicast(dst_ip_hi, dst_ip_lo) AND packets_in > 0
GROUP BY dst_ip HAVING count(DISTINCT src_ip) <= $hosts
ORDER BY bytes_out DESC, dst_ip LIMIT $limit
