"""What the five papers train with: their losses, and the discriminators of their adversaries."""
