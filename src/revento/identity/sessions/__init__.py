"""Who is signed in, since when, from where."""
