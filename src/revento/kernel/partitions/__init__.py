"""Tables with a partition a day: made ahead of time, dropped whole when they are old."""
