"""Sight: health over hours, queue age, counters, the Prometheus page."""
