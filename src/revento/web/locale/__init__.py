"""The pages' words in other languages: one `.po` file each, and what keeps them in step with the sources."""
