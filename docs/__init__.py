"""Pages of documentation, and the scripts that make some of them."""
