"""Letters and calendar files: what they say, and how they look."""
