"""The program as one visitor reads it: with favourites, places taken, now and next. Nothing here is written."""
