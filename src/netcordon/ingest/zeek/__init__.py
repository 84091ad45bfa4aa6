"""Zeek's logs: which log a line is of, and what each says in the words of the tables.

Fields as in https://docs.zeek.org/en/master/script-reference/log-files.html; versions differ, so no
field is relied on but the time.
"""
