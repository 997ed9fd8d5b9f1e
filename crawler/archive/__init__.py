"""The archive: every answer kept as it came, in WARC/1.1, and read again at will.

Neither Scrapy nor a database is needed here. ``records`` composes, ``writer`` keeps, ``reader``
reads, ``cdxj`` indexes, ``verify`` finds what is broken, ``repair`` mends it, ``wacz`` packs.
"""
