"""Events, applications, participants, program, sign-ups, pages and importing."""
