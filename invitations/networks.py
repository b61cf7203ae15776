"""Which network a request comes from, as far as that can be trusted."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

HOUSEHOLD = 64
"""The bits of an IPv6 address that stay the same for everybody behind one connection."""


def network_of(request: HttpRequest) -> str:
    """A keyed hash that names the guest's network, empty where it is not known.

    That is an IPv4 address, or the first half of an IPv6 address. Private addresses name nobody:
    they are those of our own proxies, or of an office whose people share one.
    """
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not address.is_global:
        return ""
    if isinstance(address, IPv6Address):
        network: IPv4Network | IPv6Network = IPv6Network((int(address), HOUSEHOLD), strict=False)
    else:
        network = IPv4Network(address)
    return salted_hmac("invitations.networks", str(network), algorithm="sha256").hexdigest()


def client_address(request: HttpRequest) -> str:
    """Whom the outermost of our own proxies saw; each adds whom it saw itself at the end.

    What stands before that was sent by the client, who may write there what they like.
    """
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUSTED_PROXIES else ""
    seen = [*(part.strip() for part in passed_on.split(",")), request.META.get("REMOTE_ADDR", "")]
    beside_our_own = seen[: len(seen) - settings.TRUSTED_PROXIES]
    return beside_our_own[-1] if beside_our_own else ""
