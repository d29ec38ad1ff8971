"""The sending engine, in the order a message travels."""
