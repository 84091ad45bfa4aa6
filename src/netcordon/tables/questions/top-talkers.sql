-- Hosts of ours by the bytes they sent outside, with how many places they went to.
-- $limit = 20: rows
SELECT src_ip, count(*) AS flows, count(DISTINCT dst_ip) AS places,
       sum(ip_bytes_out)::BIGINT AS bytes_out, sum(ip_bytes_in)::BIGINT AS bytes_in
FROM network_activity
WHERE is_internal(src_ip_hi, src_ip_lo) AND NOT is_internal(dst_ip_hi, dst_ip_lo)
  AND NOT is_multicast(dst_ip_hi, dst_ip_lo) AND tunnel_parent IS NULL
GROUP BY src_ip ORDER BY bytes_out DESC, src_ip LIMIT $limit
