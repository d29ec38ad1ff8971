"""What an integration says about itself, in versions."""
