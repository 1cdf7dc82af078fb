"""Who agrees to what is asked before it is done, and whether a person is there to answer."""
