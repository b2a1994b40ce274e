"""What an incident is: events, their chain, and the state folded from them. Pure: no I/O, no clock."""
