"""What verbs, buttons and scripts act on: graphs, targets, runs of a process. Prints nothing."""
