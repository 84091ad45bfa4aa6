"""Flows that devices report: NetFlow, IPFIX and sFlow datagrams, and the flows made of them."""
