"""An accent of any colour, made safe to read (contrast by WCAG 2.2)."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from typing import NamedTuple

TEXT_CONTRAST = 4.5
PAPER_CONTRAST = 5.4
"""On the paper: enough for 4.5 on the tints and raised parts of a page as well."""

PAPER = {"light": "#fbfaf7", "dark": "#161714"}
Rgb = tuple[float, float, float]


class Accent(NamedTuple):
    """A colour for what can be pressed, and the colour of text on it."""

    colour: str
    ink: str


def safe_accents(accent: str) -> dict[str, Accent]:
    """The accent for light and dark paper, darkened or lightened until it reads on the paper.

    Text of this colour on paper, and ``ink`` on this colour, both have a contrast of 4.5 or
    more. ``accent`` is ``#rrggbb``.
    """
    return {
        "light": _accent_on(accent, PAPER["light"], lightest=0.0),
        "dark": _accent_on(accent, PAPER["dark"], lightest=1.0),
    }


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _accent_on(accent: str, paper: str, *, lightest: float) -> Accent:
    """The hue stays; its lightness moves towards ``lightest`` as far as reading needs it."""
    hue, lightness, saturation = rgb_to_hls(*_rgb(accent))
    for step in range(101):
        moved = lightness + (lightest - lightness) * step / 100
        colour = _hex(hls_to_rgb(hue, moved, saturation))
        if contrast(colour, paper) >= PAPER_CONTRAST:
            break
    ink = max("#ffffff", "#161714", key=lambda candidate: contrast(candidate, colour))
    return Accent(colour, ink)


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in rgb)


def _luminance(colour: str) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in _rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
