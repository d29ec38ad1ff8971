"""Files that wait for a decision, from upload to import."""
