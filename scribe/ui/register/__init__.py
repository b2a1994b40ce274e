"""The register of action items on the screen: which rows, how they look, which incident a line is for. No widgets."""
