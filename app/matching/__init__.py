"""Remittances and statuses find their claims and lines; denials, reversals and what stays unmatched."""
