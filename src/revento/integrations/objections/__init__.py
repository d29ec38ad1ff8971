"""What participants object to, and the organizers' answers."""
