"""One way to talk to Snowflake, real or embedded: deploy, run, follow, explain."""
