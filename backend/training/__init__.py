"""What makes our weights; nothing here runs when a video is converted."""
