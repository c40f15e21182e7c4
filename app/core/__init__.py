"""Configuration, database, clock and money: what everything else stands on."""
