"""What a package is called without its version. Pure."""

from __future__ import annotations


def package_name(package: str) -> str:
    """What is installed, without a version: `xgboost==3.2` → `xgboost`."""
    return package.partition("=")[0].rstrip("<>!~ ").lower().replace("_", "-")
