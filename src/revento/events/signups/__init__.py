"""Places in activities: taking one, waiting for one, leaving; and the activities that a person likes."""
