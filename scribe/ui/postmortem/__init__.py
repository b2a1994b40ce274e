"""The postmortem's screen without its widgets: what stands in it, what is being written, what is checked."""
