"""What happens to a document after its spider, one step a module."""
