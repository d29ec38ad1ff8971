"""What is left of an account when its person leaves: a number without a name."""
