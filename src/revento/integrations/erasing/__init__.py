"""What integrations' records keep of a person who leaves."""
