-- Executables and scripts that were carried, with their hash and where they came from.
-- $limit = 100: rows
SELECT time, service, src_ip, dst_ip, is_upload, magic, file_name, origin, file_bytes, sha256,
       evidence_id, frame
FROM file_activity WHERE magic IN ('pe', 'elf', 'macho', 'script', 'msi', 'jar')
ORDER BY time, frame LIMIT $limit
