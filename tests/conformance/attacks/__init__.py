"""What attackers do. Each module has functions that take a world, as those of the flows."""
