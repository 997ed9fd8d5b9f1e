"""The archive and the database together: what the one holds, and the other says of it."""
