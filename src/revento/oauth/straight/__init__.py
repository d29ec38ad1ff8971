"""Refreshing and redeeming when nothing is odd: one read, one write, no lock in between (docs/adr/004).

The write takes place only if all that was read still stands. Whatever else there is (a replay, a race, a refusal, a
secret whose use is to be noted) is `None` here, and the careful way of `families` and `codes` decides it.
"""
