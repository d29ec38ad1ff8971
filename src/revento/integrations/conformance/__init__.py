"""Evidence instead of ticks: signed reports of the conformance kit, and the checklist that they fill (contract §10)."""
