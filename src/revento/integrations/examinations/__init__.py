"""The examination that goes on after listing: forged and stale messages that a sound endpoint refuses."""
