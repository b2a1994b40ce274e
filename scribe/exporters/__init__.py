"""One file a format. They take what went through redaction, and neither reach the network nor start programs."""
