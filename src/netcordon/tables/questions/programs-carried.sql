-- Executables and scripts that were carried, with their hash and where they came from.
-- $limit = 100: rows
SELECT time, service, src_ip, dst_ip, is_upload, magic, file_name, origin, file_bytes, sha256,
       evidence_id, frame
FROM file_activity WHERE magic IN ('pe', 'elf', 'macho', 'script', 'class', 'dex', 'lnk')
   -- Installers and Java archives are containers of other kinds by their first bytes.
   OR magic IN ('ole2', 'zip') AND regexp_matches(lower(file_name), '\.(msi|jar|apk)$')
ORDER BY time, frame LIMIT $limit
