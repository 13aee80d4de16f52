"""The brand mark, a sun over water: as SVG, and as PNG drawn here, so that no binary is kept and no tool is needed."""

import struct
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

SEA, SUN, FOAM = "#0B4F71", "#F2B33D", "#F2F6F8"
SIDE, MIDDLE, RADIUS = 32.0, 16.0, 16.0
"""The square that the mark is drawn on, and the disc of water in it."""
SUN_Y, SUN_RADIUS = 13.0, 5.5
WATERLINE, SWELL, WAVE = 17.5, 6.9, 13.0
"""Two waves beside each other, each 13 wide: 17.5 -+ 6.9 t(1-t), the curves of the SVG's path."""
BAY_Y, BAY_RADIUS = 13.5, 13.6
SAFE = 0.8
"""A system may cut a maskable icon to any shape; what lies in the inner 80 % stays (W3C manifest, icon masks)."""
FINE = 3
"""Points on a side of one pixel, for smooth edges."""

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    f'<circle cx="16" cy="16" r="16" fill="{SEA}"/><circle cx="16" cy="13" r="5.5" fill="{SUN}"/>'
    '<path d="M3 17.5c4.3-2.3 8.7-2.3 13 0s8.7 2.3 13 0A13.6 13.6 0 0 1 3 17.5z" '
    f'fill="{FOAM}"/></svg>'
)

Grid = NDArray[np.float64]


@cache
def png(size: int, *, full: bool = False) -> bytes:
    """The mark as a PNG of `size` x `size` pixels: a disc, or water to every edge if `full`, as a mask needs it."""
    return _packed(_pixels(size, full))


def ico(size: int) -> bytes:
    """The mark as an .ico file that holds one PNG, for browsers that ask for /favicon.ico."""
    image = png(size)
    return struct.pack("<3H4B2H2I", 0, 1, 1, size, size, 0, 0, 1, 32, len(image), 22) + image


def _pixels(size: int, full: bool) -> NDArray[np.uint8]:
    """Red, green, blue and how much is covered, each the mean of the points in a pixel."""
    along = (np.arange(size * FINE) + 0.5) * SIDE / (size * FINE)
    along = MIDDLE + (along - MIDDLE) / SAFE if full else along
    x, y = along[None, :], along[:, None]
    shown = np.empty((size * FINE, size * FINE, 4))
    shown[:] = (*_rgb(SEA), 255)
    shown[_disc(x, y, SUN_Y, SUN_RADIUS), :3] = _rgb(SUN)
    shown[_disc(x, y, BAY_Y, BAY_RADIUS) & (y > _waterline(x)), :3] = _rgb(FOAM)
    if not full:
        shown[~_disc(x, y, MIDDLE, RADIUS), 3] = 0
    pixels: NDArray[np.uint8] = shown.reshape(size, FINE, size, FINE, 4).mean(axis=(1, 3)).round().astype(np.uint8)
    return pixels


def _disc(x: Grid, y: Grid, middle: float, radius: float) -> NDArray[np.bool_]:
    return (x - MIDDLE) ** 2 + (y - middle) ** 2 <= radius ** 2


def _waterline(x: Grid) -> Grid:
    """How high the water stands at x: a crest left of the middle, a hollow right of it."""
    part = np.abs(x - MIDDLE) / WAVE
    return WATERLINE + np.sign(x - MIDDLE) * SWELL * part * (1 - part)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _packed(pixels: NDArray[np.uint8]) -> bytes:
    """The pixels as a PNG file: eight bits a channel, no filter."""
    height, width, _channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * 4)], axis=1)
    head = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*one) for one in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
