"""Tasks and task graphs: statements, functions, history, and the threads that run them.

Where Snowflake's documentation is silent or contradicts itself, `unknowns` says what was chosen.
"""
