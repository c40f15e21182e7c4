"""The floor everything stands on: settings, database, clock, money, identifiers. Imports no other slice."""
