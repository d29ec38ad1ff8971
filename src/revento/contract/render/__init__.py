"""Text that derives from the contract: the SDKs' types, and what else is never written by hand."""
