"""Names that an account has without a CREATE. Whether others are there, the catalogue says."""

from __future__ import annotations

#: The warehouse that every new account has, and that clients name here.
WAREHOUSE = "COMPUTE_WH"
#: Snowflake docs, "Overview of Access Control": the roles that every account has.
SYSTEM_ROLES = (
    "ACCOUNTADMIN",
    "ORGADMIN",
    "PUBLIC",
    "SECURITYADMIN",
    "SYSADMIN",
    "USERADMIN",
)
