"""The conformance kit: the production checklist, run against an integrator's own running endpoints (contract §10).

`kit` holds what a check works with, `provider` plays Revento on loopback, `*_checks` are the checks, `report` prints.
"""
