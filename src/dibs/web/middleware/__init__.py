"""Layers that every request passes before it reaches its route. Each module does one thing, for all
routes."""
