"""TIMESTAMP_TZ: one instant is one value, whatever its offset, and what moves it keeps that."""
