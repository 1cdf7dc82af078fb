"""What is asked of a person and given by one: who agrees, whether somebody is there, values."""
