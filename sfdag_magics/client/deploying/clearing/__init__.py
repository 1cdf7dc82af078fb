"""What a deploy takes away that nothing needs any more: archives, and what old runs left."""
