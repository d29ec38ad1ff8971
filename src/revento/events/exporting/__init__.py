"""The program for other tools: iCalendar, JSON and XML of the frab family, CSV. Nothing here is written."""
