"""What events keep of a person who leaves: that somebody was there."""
