-- Every login of an account, on any protocol, by time.
-- $account: user name, without its domain
-- $limit = 200: rows
SELECT time, account, domain, method, service, src_ip, dst_ip, outcome, evidence_id, frame
FROM authentication WHERE lower(account) = lower($account)
ORDER BY time, frame LIMIT $limit
