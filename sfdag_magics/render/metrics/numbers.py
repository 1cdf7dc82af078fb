"""A metric as it is read: short, and never as none that is some."""

from __future__ import annotations


def number_text(value: float) -> str:
    """A metric as it is read.

    >>> number_text(0.812345), number_text(1234.5), number_text(3.0), number_text(1e-7)
    ('0.8123', '1,234', '3', '1e-07')
    """
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}" if abs(value) < 1e9 else f"{value:.4g}"
    return f"{value:.4g}" if abs(value) < 0.001 else f"{value:.4f}".rstrip("0").rstrip(".")


def column_text(value: float, *, digits: int = 4) -> str:
    """The same with so many digits behind the point, where numbers stand below each other.

    >>> column_text(0.7), column_text(3.0), column_text(0.5, digits=3), column_text(1e-7)
    ('0.7000', '3', '0.500', '1e-07')
    """
    is_usual = 0.001 <= abs(value) < 1000 and value != int(value)
    return f"{value:.{digits}f}" if is_usual else number_text(value)
