"""What verbs and buttons act on: graphs, targets and runs of this kernel. Prints nothing."""
