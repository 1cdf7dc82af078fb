"""The routes of Snowflake's HTTP protocol, by what they are about."""
