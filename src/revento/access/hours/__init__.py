"""The API by the hour: added up as the ledger is written, read by consoles and the operator's desk."""
