"""The use cases of the office: who may use it, and what they do there."""
