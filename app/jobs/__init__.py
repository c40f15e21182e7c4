"""What runs without being asked: the one schedule table, and the loop from files in to a ranked list."""
