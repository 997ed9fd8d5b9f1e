"""Values that say themselves what they are: a size by its unit, pages by the word behind them."""

# ruff: noqa: E501 - rows of a table

from __future__ import annotations

import re
from typing import Final

from crawler.reading.factvalues import EDGES, FORMATS
from crawler.reading.locale import day_at, plain_text, size_at

NOUNS: Final = {
    "page_count": "pages|page|pgs|seiten|seite|páginas|pág|pagine|stron|strony|страниц|страницы|стр|"
    "сторінок|сторінки|стор|sayfa|trang|halaman|hlm|页|頁|ページ|쪽|페이지|slides|folien|slide|слайдов|"
    "diapositivas|diapositives",
    "view_count": "views|view|reads|aufrufe|ansichten|vues|visitas|vistas|visualizações|"
    "visualizzazioni|wyświetleń|odsłon|просмотров|просмотра|переглядів|görüntülenme|lượt xem|"
    "tayangan|kali dilihat|次浏览|次阅读|人阅读|人浏览|回閲覧|조회|浏览|阅读|次瀏覽",
    "download_count": "downloads|download|téléchargements|descargas|pobrań|скачиваний|загрузок|"
    "завантажень|indirme|lượt tải|unduhan|kali diunduh|次下载|人下载|回ダウンロード|다운로드|下载|次下載",
}
"""What is counted: words behind a number that say which field it is."""
_NOUN_FIELDS: Final = {word: field for field, words in NOUNS.items() for word in words.split("|")}
_COUNTED: Final = re.compile(
    r"(?:共|全|约|total:? |всего )?(\d(?:[.,' ]?\d){0,12} ?(?:[kKmM]|万|萬|тыс\.?|mil|rb)?) ?"
    r"([^\W\d_][^\d|]{0,20})"
)


def counted(piece: str) -> tuple[str, str] | None:
    """Return the field and the value that *piece* is without a label; ``None`` if it is none.

    >>> counted("1.2 MB"), counted("12 pages"), counted("PDF"), counted("12 monkeys")
    (('size', '1.2 MB'), ('page_count', '12'), ('file_format', 'pdf'), None)
    """
    plain = plain_text(piece).strip(EDGES)
    if (size := size_at(plain)) and size.end() == len(plain):
        return "size", size[0]
    if (day := day_at(plain)) and day == plain:
        return "date", day
    if plain.lower() in FORMATS:
        return "file_format", plain.lower()
    counted = _COUNTED.fullmatch(plain)
    noun = counted[2].strip(" .()").lower() if counted else ""
    if counted and noun in _NOUN_FIELDS:
        return _NOUN_FIELDS[noun], counted[1].strip()
    return None
