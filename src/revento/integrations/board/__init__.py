"""Connections as the organizers of an event see them: health, use, who is behind them."""
