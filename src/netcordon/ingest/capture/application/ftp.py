"""FTP control connections: who logs in and whether it works (RFC 959); never the password."""

from __future__ import annotations

from netcordon.ingest.capture.application.lines import LineParser
from netcordon.ingest.capture.application.text import safe_text


class FtpParser(LineParser):
    """USER with the reply that decides."""

    service = "ftp"

    def client_line(self, line: bytes, mark: tuple[int, int]) -> None:
        """Notes the account of USER."""
        command, _, argument = line.strip().partition(b" ")
        if command.upper() == b"USER":
            self._logins.named("ftp", safe_text(argument.strip()), *mark)
        elif command.upper() == b"AUTH":
            self.turns_secure = True

    def server_line(self, line: bytes, mark: tuple[int, int]) -> None:  # noqa: ARG002
        """230 (or 232) is success, 530 failure; 331 asks for the password."""
        if line[:3] in (b"230", b"232"):
            self._logins.outcome(True)
        elif line[:3] in (b"530", b"430"):
            self._logins.outcome(False)
