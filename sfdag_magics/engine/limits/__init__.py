"""How much of memory, past and time one engine takes, and how work hears that it must end."""
