"""Who tells estimated people from captured ones while a network learns; never shipped."""
