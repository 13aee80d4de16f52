"""What is worked out with the installation's key: the code and the link of a letter, and what requests are counted by.

None of it can be worked out from a copy of the database alone, and neither code nor link is stored anywhere.
"""

import base64
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from server.kernel.secrets import keyed_digest

CODE_DIGITS = 6


def code_of(letter_id: UUID) -> str:
    """The six digits of a letter."""
    drawn = int.from_bytes(keyed_digest(str(letter_id), "sign_in_letter.code"))
    return f"{drawn % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def link_key_of(letter_id: UUID) -> str:
    """The secret of a letter's link, 256 bits."""
    return base64.urlsafe_b64encode(keyed_digest(str(letter_id), "sign_in_letter.link")).decode().rstrip("=")


def address_mark(address: str) -> str:
    """What requests for one mail address are counted by."""
    return keyed_digest(address, "sign_in_request.address").hex()


def network_mark(host: str) -> str:
    """What requests from one network address are counted by: an IPv4 address, or the /64 that one IPv6 line gets."""
    return keyed_digest(_network(host), "sign_in_request.network").hex()


def digits_in(typed: str) -> str:
    """The digits of what was typed or pasted, whatever stands between them and in whichever script."""
    return "".join(str(int(letter)) for letter in typed if letter.isdecimal())


def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
