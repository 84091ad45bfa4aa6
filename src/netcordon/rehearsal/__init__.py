"""A plan meets recorded traffic and real engines before it meets anybody who works."""
