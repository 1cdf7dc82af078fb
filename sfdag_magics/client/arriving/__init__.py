"""Rows of files, data frames and other targets, into one table: all of them or none."""
