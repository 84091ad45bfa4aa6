"""QUIC: the handshake in its Initial packets."""
