"""From the text of a cell or of a magic's line to words, options and tasks. Runs nothing."""
