"""Links as QR codes, to be printed or shown on a screen."""

from __future__ import annotations

from io import BytesIO

import segno

PIXELS_PER_MODULE = {"svg": 4, "png": 16}
"""An SVG is drawn at any size; a PNG is made large enough for a poster."""


def qr_code(url: str, kind: str) -> bytes:
    """An “svg” or “png” of a QR code that encodes exactly the URL.

    Always dark on white, with the quiet zone: many cameras read nothing else.
    """
    code = segno.make_qr(url, error="m")
    picture = BytesIO()
    code.save(picture, kind=kind, scale=PIXELS_PER_MODULE[kind], dark="#000", light="#fff")
    return picture.getvalue()
