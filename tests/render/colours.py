"""How far two colours are from each other, and how they are seen by who sees fewer of them.

CIEDE2000 as Sharma, Wu and Dalal write it (2005), colour-blindness as Machado, Oliveira and
Fernandes simulate it at its strongest (2009), contrast as WCAG 2.2 counts it.
"""

from __future__ import annotations

from itertools import starmap
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

#: What becomes of linear red, green and blue.
SIGHTS = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)


def linear(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def _times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def contrast(one, other):
    light = [_times(_XYZ, linear(each))[1] + 0.05 for each in (one, other)]
    return max(light) / min(light)


def _lab(colour, sight):
    seen = [min(1, max(0, part)) for part in _times(SIGHTS[sight], linear(colour))]
    x, y, z = starmap(
        lambda a, w: (a / w) ** (1 / 3) if a / w > 216 / 24389 else (a / w * 24389 / 27 + 16) / 116,
        zip(_times(_XYZ, seen), _WHITE, strict=True),
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other, sight="all colours"):
    """CIEDE2000 of two colours as somebody with this sight sees them."""
    return ciede2000(_lab(one, sight), _lab(other, sight))


def ciede2000(one, other):
    (l1, a1, b1), (l2, a2, b2) = one, other
    middle = (hypot(a1, b1) + hypot(a2, b2)) / 2
    g = 0.5 * (1 - sqrt(middle**7 / (middle**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = degrees(atan2(b1, a1)) % 360, degrees(atan2(b2, a2)) % 360
    turn = 0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    mean = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    t = (
        1
        - 0.17 * cos(radians(mean - 30))
        + 0.24 * cos(radians(2 * mean))
        + 0.32 * cos(radians(3 * mean + 6))
        - 0.20 * cos(radians(4 * mean - 63))
    )
    s_l = 1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    r_c = 2 * sqrt(chroma**7 / (chroma**7 + 25**7))
    r_t = -r_c * sin(radians(60 * exp(-(((mean - 275) / 25) ** 2))))
    d_l, d_c, d_h = (l2 - l1) / s_l, (c2 - c1) / s_c, hue / s_h
    return sqrt(d_l**2 + d_c**2 + d_h**2 + r_t * d_c * d_h)
