"""The authorization server's protocol, without HTTP."""
