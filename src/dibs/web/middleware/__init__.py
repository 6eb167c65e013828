"""What every request passes before its route: each part does one thing and knows no route."""
