"""The screens, each with its own stylesheet."""
