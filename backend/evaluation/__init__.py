"""What a take is worth: metrics, and the scripts that print them."""
