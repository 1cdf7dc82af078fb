"""What a run would come to, by the engine's own rules. Asks nothing, runs nothing."""
