"""How the schema grew, one module a step, in ``versions``; ``schema`` takes the steps."""
