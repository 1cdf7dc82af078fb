"""From a statement's text to its kind, its words or its tree. Knows spelling, no names."""
