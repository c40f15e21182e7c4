"""Files in: picked up, stored once, loaded set by set, quarantined when they are not X12. Nothing is ever lost."""
