"""Emptying an event of the sandbox, so that it can be built anew."""
