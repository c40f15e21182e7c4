"""Appeals: the record, its clock, the letter, the packet, what was sent and what came of it."""
