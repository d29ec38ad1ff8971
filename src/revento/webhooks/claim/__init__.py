"""Taking work fairly, for a time, and recording what came of it; every record is fenced by the claim's token."""
