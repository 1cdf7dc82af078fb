"""Graphs from elsewhere: a program, a script or a deployed graph, read and not run."""
