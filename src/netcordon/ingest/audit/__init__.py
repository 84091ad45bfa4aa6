"""Audit logs of clouds and identity providers: who logged in, and who called what.

A login becomes a row of ``authentication``, any other event one of ``api_activity``.
"""
