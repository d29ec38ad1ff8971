"""A whole event as one file, and the file as a whole event: people, program, forms, applications, consents."""
