"""What a target would refuse, asked before anything is sent."""
