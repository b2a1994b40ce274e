"""The SQLite file: schema, append, read, drafts."""
