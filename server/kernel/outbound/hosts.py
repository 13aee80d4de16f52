"""Which addresses may be written to: names that an operator listed, and machines of the public internet."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""A gateway turns these into IPv4 addresses, private ones too (RFC 6052, RFC 8215)."""


def is_public(address: str) -> bool:
    """Whether a numeric address is of the public internet, also behind the forms in which IPv6 carries IPv4."""
    try:
        inner = _inner(ip_address(address))
    except ValueError:
        return False
    return inner.is_global and not inner.is_multicast and not any(inner in gateway for gateway in NAT64)


def is_listed(url: str, patterns: Iterable[str]) -> bool:
    """Whether `url` is https, at port 443, at a host that a pattern names: "push.example.com", or "*.example.com"."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc and url.isprintable()
    return plain and any(fnmatchcase(parts.hostname or "", one.lower()) for one in patterns)


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or address.sixtofour or address
