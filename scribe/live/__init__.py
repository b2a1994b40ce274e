"""While it burns: the capture grammar and the policies of a live incident. Pure."""
