"""Dispatchers share the endpoints by sixteenths, so that what is in flight to an endpoint is known in one memory."""
