-- Certificates signed by themselves, and who met them.
-- $limit = 50: rows
SELECT certificate_subject, certificate_sha256, not_before, not_after, min(dst_ip) AS server,
       count(DISTINCT src_ip) AS hosts, min(src_ip) AS one_of_them, count(*) AS handshakes
FROM tls_activity WHERE is_self_signed
GROUP BY certificate_subject, certificate_sha256, not_before, not_after
ORDER BY hosts, handshakes DESC, certificate_sha256 LIMIT $limit
