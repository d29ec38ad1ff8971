"""Schedules from elsewhere: read in many dialects, compared with what is there, brought in as one change."""
