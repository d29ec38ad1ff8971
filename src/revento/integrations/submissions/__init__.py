"""From the sandbox to the catalogue: submission, review with comments, approval (contract §10)."""
