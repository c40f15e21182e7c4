"""The only writer of money: double entry in integer cents, append only, and the proof that it foots."""
