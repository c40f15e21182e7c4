"""What a supervisor asks about the whole: how old the money is, why it is refused, what follow-up brings in."""
