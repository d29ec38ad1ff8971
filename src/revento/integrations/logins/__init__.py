"""Logins of the command line: a machine asks, a developer approves in her browser, the machine gets credentials."""
