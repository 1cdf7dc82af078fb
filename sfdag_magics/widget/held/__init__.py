"""What one view holds: the run that it follows, what can be started from it, what is asked."""
