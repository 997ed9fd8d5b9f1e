"""Scrapy's side: the spider of every site, and what makes it a good guest."""
