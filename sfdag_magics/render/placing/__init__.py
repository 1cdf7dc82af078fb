"""Where boxes and arrows stand: how Graphviz's answer is read, and long graphs cut into lines."""
