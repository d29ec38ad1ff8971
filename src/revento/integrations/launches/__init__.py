"""Launch tokens: who opened a webview page, in a minute-long signed note for the integration (contract §7)."""
