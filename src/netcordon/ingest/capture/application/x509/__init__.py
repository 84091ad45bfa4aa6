"""Certificates of TLS handshakes."""
