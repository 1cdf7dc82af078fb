"""What Snowflake refuses in a call: unknown functions, arguments they do not take."""
