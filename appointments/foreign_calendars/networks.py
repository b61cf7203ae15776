"""Which networks are everybody's. What is behind any other is no business of a calendar's.

The list is our own: ``ipaddress.is_global`` follows a registry, and says of relays and tunnels,
behind which any address may be, that they are global.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network; on many systems this machine
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind a carrier's NAT; metadata of one cloud
            "127.0.0.0/8",  # this machine
            "168.63.129.16/32",  # the host under a machine of one cloud
            "169.254.0.0/16",  # link-local; metadata of most clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols; metadata of one cloud
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
UNICAST_6 = IPv6Network("2000::/3")
"""All that is given out. Private, link-local, multicast, mapped, compatible and translated (NAT64)
addresses lie outside of it."""

NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols, among them Teredo and benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_4)
    return address in UNICAST_6 and not any(address in network for network in NOT_PUBLIC_6)


def may_be_asked(text: str, *, from_here: bool) -> bool:
    """Whether an address that a name leads to is public, or this machine's where that may be."""
    address = ip_address(text)
    return is_public(address) or (from_here and address.is_loopback)
