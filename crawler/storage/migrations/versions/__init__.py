"""The steps, each a module: ``r`` and its number, then what it makes."""
