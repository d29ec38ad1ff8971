"""A person's e-mail address: moving to another one, and taking the old one back."""
