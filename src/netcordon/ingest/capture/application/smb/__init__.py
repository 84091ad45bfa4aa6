"""SMB 1 to 3: sessions, shares, files and named pipes, and the DCE/RPC that pipes carry."""

from netcordon.ingest.capture.application.smb.parser import SmbParser

__all__ = ["SmbParser"]
