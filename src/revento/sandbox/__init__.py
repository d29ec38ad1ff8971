"""The living test convention, built only by calling actions."""
