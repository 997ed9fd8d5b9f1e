"""What is true of every document-sharing site: reading, fetching, keeping."""
