"""What the platform's operator sees across all domains: queues, figures, a search by any id. Reads only."""
