"""DHCPv4."""
