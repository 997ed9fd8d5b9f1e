"""Pages from elsewhere than the live site: WARC and WACZ files, and the indexes of web archives.

What a source lists is the crawl's frontier. Each capture is fetched where a live answer would
be, and goes the same way from there: into the archive, to the spider, into the database.
"""
