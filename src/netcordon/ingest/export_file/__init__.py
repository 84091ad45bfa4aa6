"""Export datagrams in a file, one behind the other: IPFIX files (RFC 5655), dumps of NetFlow."""
