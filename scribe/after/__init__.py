"""When it is over: what the record says about it. Pure: no clock, no files."""
