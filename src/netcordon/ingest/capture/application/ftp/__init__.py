"""FTP: control connections, and the data connections they announce."""
