"""TLS and DTLS handshakes, and their fingerprints."""
