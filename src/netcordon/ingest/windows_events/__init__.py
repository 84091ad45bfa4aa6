"""Event logs of Windows (Security, Sysmon, others), in the shapes that collectors write.

Events as in Microsoft's "Appendix L: Events to Monitor", its pages of each event of the Security
log, and Sysmon's own manifest.
"""
