"""A practice that never was: patients, visits, claims, and what its payers answered, written as X12 files.

Read in this order: `cast` (who plays), `services` (what they charge for), `claims` (one visit as a claim), `habits`
(how often each payer does what), `fates` (what may happen to a claim), `course` (when), `simulation` (day by day
to files). The `wire_*` modules print one kind of transaction each. Every name, id, bank and address is invented.
"""
