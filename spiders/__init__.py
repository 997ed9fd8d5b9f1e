"""The sites, one module each, and the families of layouts that sites share."""
