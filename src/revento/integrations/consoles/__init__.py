"""What the developer console shows of an integration across domains. Reads only."""
