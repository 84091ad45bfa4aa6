"""UDP: datagrams by service and by flow."""
