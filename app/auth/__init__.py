"""People, what they may do, and how the product knows who is there."""
