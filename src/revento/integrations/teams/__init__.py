"""The people who work on an integration: roles, invitations by address, mail to all of them."""
