"""Values on the wire: bound ones as clients send them, rows as clients read them."""
