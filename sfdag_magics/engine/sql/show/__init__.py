"""SHOW and INFORMATION_SCHEMA: the catalogue as rows."""
