-- Connections that stayed open longest, with what went each way.
-- $seconds = 600: shortest that counts
-- $limit = 50: rows
SELECT start_time, round(duration_s, 1) AS duration_s, src_ip, dst_ip, dst_port, protocol, service,
       payload_bytes_out, payload_bytes_in, evidence_id, first_frame
FROM network_activity
WHERE duration_s >= $seconds AND NOT is_multicast(dst_ip_hi, dst_ip_lo) AND tunnel_parent IS NULL
ORDER BY duration_s DESC, start_time, first_frame LIMIT $limit
