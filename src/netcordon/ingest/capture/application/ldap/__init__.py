"""LDAP (RFC 4511): who binds how, what is searched for, what is changed, and with what result."""

from netcordon.ingest.capture.application.ldap.parser import LdapParser

__all__ = ["LdapParser"]
