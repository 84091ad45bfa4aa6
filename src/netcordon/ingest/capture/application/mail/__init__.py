"""Mail: SMTP, POP3, IMAP, and messages in MIME."""
