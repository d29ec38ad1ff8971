"""Reading the program and its parts."""
