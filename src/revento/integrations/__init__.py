"""Catalogue, manifests, installations, grants, credentials and deletion duties."""
