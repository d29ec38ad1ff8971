"""What messages keep of a person who leaves: that something happened."""
