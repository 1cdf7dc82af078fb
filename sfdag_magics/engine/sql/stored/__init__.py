"""What a statement leaves behind, all of it or nothing: tables' forms, transactions, outcomes."""
