"""One form for each thing that is looked for, and what type a text most likely is."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from netcordon.hunting.refang import refanged
from netcordon.model.hunt import Atom, WantedType

LONGEST = 8192
"""Characters of one indicator; URLs in the tables are no longer."""

WIDEST = {4: 8, 6: 16}
"""Shortest prefix length that is looked for, by IP version."""

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})\Z")
_ONE_LABEL = re.compile(rf"{_LABEL}\Z")
_JA4 = re.compile(r"[tqd](?:\d\d|s[23]|d[123])[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}\Z")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,20}://", re.IGNORECASE)
_PROGRAM = re.compile(r"[A-Za-z][\w.+-]*/v?\d[\w.+-]*(?:[ ;(].*)?\Z", re.DOTALL)
_WITH_PORT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:/\s]+):(\d{1,5})\Z")
_HEX = {32: WantedType.MD5, 40: WantedType.SHA1, 64: WantedType.SHA256}


class NotUnderstoodError(ValueError):
    """A text is not of the type it was said to be, or of none that is known."""


class SenselessError(NotUnderstoodError):
    """It is understood, and cannot be meant."""


def guessed(text: str) -> tuple[Atom, ...]:
    """What a text is: one part, or an address or name with its port.

    Raises:
        NotUnderstoodError: when its type cannot be told.
    """
    plain = _checked(refanged(text))
    for read in (_address, _prefix, _hash, _ja4, _url, _mail, _domain, _with_port, _bare_url):
        try:
            return read(plain)
        except SenselessError:
            raise
        except NotUnderstoodError:
            continue
    whole = text.strip()
    if "\\" in whole and not re.search(r"\s", whole):
        return of_type(WantedType.ACCOUNT, whole)
    if _PROGRAM.match(whole):
        return of_type(WantedType.USER_AGENT, whole)
    raise NotUnderstoodError("its type cannot be told; name it with --type")


def of_type(type_: WantedType, text: str) -> tuple[Atom, ...]:
    """The text as a value of a type.

    Raises:
        NotUnderstoodError: with the reason when it is none.
    """
    plain = _checked(text.strip() if type_ in _AS_WRITTEN else refanged(text))
    return _READERS[type_](plain)


def _checked(text: str) -> str:
    if not text:
        raise NotUnderstoodError("it is empty")
    if re.search("[\ud800-\udfff\x00]", text):
        raise SenselessError("it holds characters that are no text")
    if len(text) > LONGEST:
        raise NotUnderstoodError(f"it is longer than {LONGEST:,} characters")
    return text


def _address(text: str) -> tuple[Atom, ...]:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        ip = ipaddress.ip_address(bare)
    except ValueError as error:
        raise NotUnderstoodError("it is no address") from error
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            raise NotUnderstoodError("an address with a zone means nothing elsewhere")
        ip = ip.ipv4_mapped or ip
    return (Atom(WantedType.ADDRESS, str(ip)),)


def _prefix(text: str) -> tuple[Atom, ...]:
    if "/" not in text:
        raise NotUnderstoodError("it is no prefix; write 203.0.113.0/24")
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise NotUnderstoodError("it is no prefix; write 203.0.113.0/24") from error
    if network.num_addresses == 1:
        return _address(str(network.network_address))
    if isinstance(network, ipaddress.IPv6Network) and network.overlaps(_MAPPED):
        if network.prefixlen < _MAPPED.prefixlen:
            raise SenselessError("a prefix that holds all IPv4 addresses is no indicator")
        inner = network.network_address.ipv4_mapped
        return _prefix(f"{inner}/{network.prefixlen - _MAPPED.prefixlen}")
    if network.prefixlen < WIDEST[network.version]:
        raise SenselessError(
            f"a prefix wider than /{WIDEST[network.version]} is no indicator: too much is in it"
        )
    return (Atom(WantedType.PREFIX, str(network)),)


def _hash(text: str) -> tuple[Atom, ...]:
    digits = re.sub(r"(?<=[0-9a-f]{2}):(?=[0-9a-f]{2})", "", text.lower())
    if len(digits) not in _HEX or not re.fullmatch("[0-9a-f]+", digits):
        raise NotUnderstoodError("it is no MD5, SHA-1 or SHA-256 in hexadecimal digits")
    return (Atom(_HEX[len(digits)], digits),)


def _digest(type_: WantedType, digits: int) -> Callable[[str], tuple[Atom, ...]]:
    def read(text: str) -> tuple[Atom, ...]:
        found = _hash(text)[0].value
        if len(found) != digits:
            raise NotUnderstoodError(f"it has {len(found)} hexadecimal digits, not {digits}")
        return (Atom(type_, found),)

    return read


def _ja4(text: str) -> tuple[Atom, ...]:
    if not _JA4.match(text.lower()):
        raise NotUnderstoodError("it is no JA4; write t13d1516h2_8daaf6152771_b186095e22b6")
    return (Atom(WantedType.JA4, text.lower()),)


def _url(text: str) -> tuple[Atom, ...]:
    if not _SCHEME.match(text):
        raise NotUnderstoodError("it is no URL")
    return (Atom(WantedType.URL, canonical_url(text)),)


def _bare_url(text: str) -> tuple[Atom, ...]:
    if "/" not in text or re.search(r"\s", text) or not is_host(text.partition("/")[0]):
        raise NotUnderstoodError("it is no URL")
    return (Atom(WantedType.URL, canonical_url("//" + text)),)


def canonical_url(text: str) -> str:
    """``scheme://host[:port]/path[?query]`` with scheme and host in lower case.

    Raises:
        NotUnderstoodError: when it has no host.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise NotUnderstoodError("it is no URL") from error
    if not is_host(f"[{host}]" if ":" in host else host):
        raise NotUnderstoodError("its host is neither a name nor an address")
    host = f"[{ipaddress.ip_address(host)}]" if ":" in host else _ascii(host)
    if port in (80, 443) and parts.scheme.lower() in ("", {80: "http", 443: "https"}[port]):
        port = None
    scheme = f"{parts.scheme.lower()}:" if parts.scheme else ""
    where = f"{scheme}//{host}" + (f":{port}" if port is not None else "")
    return where + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_host(text: str) -> bool:
    """Whether it is a name or an address, without or with a port."""
    name = _WITH_PORT.sub(r"\1", text)
    for read in (_address, _domain):
        try:
            read(name)
        except NotUnderstoodError:
            continue
        return True
    return False


def _mail(text: str) -> tuple[Atom, ...]:
    local, at, domain = text.lower().removeprefix("mailto:").rpartition("@")
    if not at or not local or re.search(r"[\s@/]", local):
        raise NotUnderstoodError("it is no mail address")
    return (Atom(WantedType.MAIL, f"{local}@{_domain(domain)[0].value}"),)


def _domain(text: str) -> tuple[Atom, ...]:
    name = _ascii(text.lower().removeprefix("*").removeprefix(".").rstrip("."))
    if not _DOMAIN.match(name) or len(name) > 253:
        raise NotUnderstoodError("it is no domain name")
    return (Atom(WantedType.DOMAIN, name),)


def _named_domain(text: str) -> tuple[Atom, ...]:
    name = _ascii(text.lower().removeprefix("*").removeprefix(".").rstrip("."))
    return (Atom(WantedType.DOMAIN, name),) if _ONE_LABEL.match(name) else _domain(text)


def _with_port(text: str) -> tuple[Atom, ...]:
    found = _WITH_PORT.match(text)
    if not found:
        raise NotUnderstoodError("it has no port")
    host = found[1]
    for read in (_address, _domain):
        try:
            return (*read(host), *_port(found[2]))
        except NotUnderstoodError:
            continue
    raise NotUnderstoodError("it is no address or name with a port")


def _port(text: str) -> tuple[Atom, ...]:
    if not re.fullmatch(r"\d{1,5}", text) or not 0 < int(text) < 65536:
        raise NotUnderstoodError("it is no port")
    return (Atom(WantedType.PORT, str(int(text))),)


def _account(text: str) -> tuple[Atom, ...]:
    return (Atom(WantedType.ACCOUNT, text.lower()),)


def _user_agent(text: str) -> tuple[Atom, ...]:
    return (Atom(WantedType.USER_AGENT, text),)


def _ascii(name: str) -> str:
    if name.isascii():
        return name.lower()
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise NotUnderstoodError("it is no domain name") from error


def _forced_url(text: str) -> tuple[Atom, ...]:
    return _url(text) if _SCHEME.match(text) else _bare_url(text if "/" in text else text + "/")


_AS_WRITTEN = frozenset({WantedType.USER_AGENT, WantedType.ACCOUNT})

_READERS: dict[WantedType, Callable[[str], tuple[Atom, ...]]] = {
    WantedType.ADDRESS: _address,
    WantedType.PREFIX: _prefix,
    WantedType.DOMAIN: _named_domain,
    WantedType.URL: _forced_url,
    WantedType.JA3: _digest(WantedType.JA3, 32),
    WantedType.HASSH: _digest(WantedType.HASSH, 32),
    WantedType.JA4: _ja4,
    WantedType.MD5: _digest(WantedType.MD5, 32),
    WantedType.SHA1: _digest(WantedType.SHA1, 40),
    WantedType.SHA256: _digest(WantedType.SHA256, 64),
    WantedType.USER_AGENT: _user_agent,
    WantedType.ACCOUNT: _account,
    WantedType.MAIL: _mail,
    WantedType.PORT: _port,
}
