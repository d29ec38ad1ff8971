"""What is kept of codes, tokens and consent pages, and for how long."""
