"""A document-sharing site that we know the truth of: for tests, benchmarks and a first run."""
