"""What a staged file looks like: formats, their options, delimited text, Arrow. Knows no stage."""
