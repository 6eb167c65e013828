"""What tests share: servers of their own, days that are open, waiting with a deadline."""
