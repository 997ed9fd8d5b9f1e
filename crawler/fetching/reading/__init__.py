"""Pages are read beside the crawl, in processes of their own: one that hangs ends no crawl."""
