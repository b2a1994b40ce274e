"""What a screen is made of. A widget knows the state it is given, and no app."""
