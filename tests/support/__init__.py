"""Code that tests share: their own servers, open days, and waiting with a deadline."""
