"""What other sources hold, read as drafts: one file a source, pure, from bytes. None of them knows another."""
