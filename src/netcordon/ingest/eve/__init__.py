"""Suricata's EVE log: what each event says in the words of the tables.

Fields as in Suricata's ``etc/schema.json`` and its user guide ("EVE JSON Format"), versions 4 to 8.
``flow_id`` is the uid, so that the events of a flow are found by it as in the log itself.
"""
