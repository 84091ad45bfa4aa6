"""Kerberos over UDP and TCP."""
