"""OpenC2 over HTTPS (OASIS, Specification for Transfer of OpenC2 Messages via HTTPS 1.1).

``https://host[:port][/prefix]``. The server's certificate is always checked. Options: ``ca``, a
file with the authority that signed it, where the system does not know it; ``cert`` and ``key``,
files with which we show who we are; ``token_file``, a file with a bearer token. No redirects, no
proxies.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from netcordon.enforcement.effects import Reply
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint

TIMEOUT_S = 10
_MOST = 1 << 20
_GONE_IS_FINE = frozenset({"query", "delete"})
"""Actions that a consumer may answer with 404 (not found): then the rule is not there."""

_TYPE = "application/openc2+json;version=1.0"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,4096}")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")


class Https:
    """One request, one answer, one connection.

    Raises:
        UsageError: NC-846 when a file that is named cannot be used, or the address is none.
    """

    def __init__(self, point: EnforcementPoint) -> None:
        try:
            place = urlsplit(point.transport)
            if not place.hostname or place.username or place.query or place.fragment:
                raise ValueError("the address is no https://host[:port][/prefix]")  # noqa: TRY301
            if not _PREFIX.fullmatch(place.path):
                raise ValueError("the path of the address holds more than plain letters")  # noqa: TRY301
            self._host, self._port = place.hostname, place.port or 443
            self._prefix = place.path.rstrip("/")
            self._tls = ssl.create_default_context(cafile=point.options.get("ca"))
            self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
            if "cert" in point.options:
                self._tls.load_cert_chain(point.options["cert"], point.options.get("key"))
            self._token = _token(point)
        except (OSError, ValueError) as error:
            raise UsageError(
                "NC-846",
                f"Device {point.name!r} cannot be reached.",
                str(error),
                "correct the device in netcordon.toml",
            ) from error

    def run(self, call: Call) -> Reply:
        """Send the request of the call; the answer's own status counts, not HTTP's alone."""
        if call.sends is None:
            return Reply(ok=False, error="over HTTPS only OpenC2 messages are sent")
        method, path, body = call.sends
        try:
            status, text = self._exchange(method, path, body)
        except ssl.SSLError as error:
            return Reply(ok=False, error=f"its certificate is not trusted: {error.reason or error}")
        except (OSError, http.client.HTTPException) as error:
            return Reply(ok=False, error=f"{self._host}: {error}")
        if status != 200:
            return Reply(ok=False, error=f"HTTP status {status}")
        return _judged(body, text)

    def _exchange(self, method: str, path: str, body: str) -> tuple[int, str]:
        talk = http.client.HTTPSConnection(
            self._host, self._port, timeout=TIMEOUT_S, context=self._tls
        )
        headers = {"Content-Type": _TYPE, "Accept": _TYPE}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            talk.request(method, f"{self._prefix}{path}", body.encode(), headers)
            answer = talk.getresponse()
            return answer.status, answer.read(_MOST).decode("utf-8", "replace")
        finally:
            talk.close()


def _judged(request: str, answer: str) -> Reply:
    """The status within the answer; the answer as one line."""
    try:
        document = json.loads(answer)
        response = document["body"]["openc2"]["response"]
        status = int(response["status"])
        action = json.loads(request)["body"]["openc2"]["request"]["action"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Reply(ok=False, error="its answer is no OpenC2 response")
    line = json.dumps(document)
    if status in (200, 201) or (status == 404 and action in _GONE_IS_FINE):
        return Reply(ok=True, text=line)
    said = str(response.get("status_text", ""))[:300]
    return Reply(ok=False, text=line, error=f"it answers {status} {said}".rstrip())


def _token(point: EnforcementPoint) -> str:
    if "token_file" not in point.options:
        return ""
    token = Path(point.options["token_file"]).read_text(encoding="utf-8").strip()
    if not _TOKEN.fullmatch(token):
        raise ValueError("the file with the token holds something else")
    return token
