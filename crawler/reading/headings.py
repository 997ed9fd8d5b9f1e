"""Headings and lines that say what a part of a page is, in the languages of ``wording``.

Lists of other documents, the free preview, its end, comments; and the titles of pages that list
documents. Each is a table of words by language.
"""

# ruff: noqa: E501, RUF001 - rows of a table; the words of all languages, in their own letters

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_RELATED: Final = """
zh-Hant 相關文件|相關文檔|相關推薦|相似文件|熱門文件|推薦文件|猜你喜歡|最新文件|更多文件|其他文件|相關資料|同類文件|相關文章
en related documents|related|similar documents|more from this author|you may also like|recommended|
en you might also like|people also viewed|similar|more like this|recommended for you|
en related files|other documents|popular documents|latest documents|recent documents|see also|
en more documents|top documents|related content|more related content|similar files|most popular|
en related presentations|similar presentations|recommended documents|you may be interested in|
en more from this user|more by this author|more by this uploader|others also viewed|
en readers also downloaded|also from this uploader|more from this uploader|related posts|related books|
en related articles|customers also viewed|documents similar to this|trending|new documents|related papers|
en users also read|what others are reading|related downloads|similar downloads|more from this category
de ähnliche dokumente|verwandte dokumente|weitere dokumente|das könnte sie auch interessieren|
de das könnte dich auch interessieren|empfohlene dokumente|beliebte dokumente|neueste dokumente|
de ähnliche dateien|mehr dokumente|ähnliche inhalte|weitere downloads|ähnliche downloads|passende dokumente|
de ähnliche unterlagen|auch interessant|mehr von diesem autor|andere dokumente|ähnliche beiträge
fr documents similaires|documents associés|autres documents|vous aimerez aussi|documents connexes|
fr documents recommandés|à voir aussi|documents populaires|derniers documents|plus de documents|
fr vous pourriez aussi aimer|documents liés|du même auteur|dans la même catégorie|sur le même thème|
fr fichiers similaires|documents en relation|voir aussi|articles similaires|à lire aussi
es documentos relacionados|documentos similares|otros documentos|también te puede interesar|
es documentos recomendados|más documentos|te puede interesar|documentos populares|relacionados|
es últimos documentos|archivos relacionados|más del mismo autor|recomendados|quizás te interese|
es también te podría interesar|contenido relacionado|artículos relacionados
pt documentos relacionados|documentos semelhantes|outros documentos|você também pode gostar|
pt documentos recomendados|mais documentos|documentos populares|relacionados|talvez você goste|
pt também pode gostar|arquivos relacionados|mais do mesmo autor|recomendados|veja também|
pt documentos similares|conteúdo relacionado|últimos documentos|você pode se interessar
it documenti correlati|documenti simili|altri documenti|potrebbe interessarti anche|documenti consigliati|
it potrebbero interessarti|ti potrebbe interessare|correlati|documenti popolari|ultimi documenti|
it altro dello stesso autore|file correlati|contenuti correlati|dello stesso autore|vedi anche
pl podobne dokumenty|powiązane dokumenty|inne dokumenty|zobacz także|polecane dokumenty|zobacz też|
pl może cię zainteresować|popularne dokumenty|najnowsze dokumenty|więcej dokumentów|podobne|
pl polecane|podobne pliki|inne tego autora|inne pliki|powiązane pliki|podobne materiały
ru похожие документы|похожие материалы|похожие файлы|смотрите также|другие документы|рекомендуем|
ru похожие|рекомендуемые документы|популярные документы|вам может понравиться|связанные документы|
ru ещё документы|читайте также|другие работы автора|новые документы|с этим документом скачивают|
ru похожие работы|еще от этого автора|также рекомендуем|вас может заинтересовать|похожие презентации
uk схожі документи|подібні документи|дивіться також|інші документи|рекомендуємо|схожі матеріали|
uk рекомендовані документи|популярні документи|вам може сподобатися|пов'язані документи|схожі файли|
uk вас може зацікавити|нові документи|читайте також|подібні матеріали|схожі роботи
tr benzer belgeler|ilgili belgeler|diğer belgeler|önerilen belgeler|bunlar da ilginizi çekebilir|
tr ilginizi çekebilir|benzer dokümanlar|popüler belgeler|son eklenenler|ilgili dokümanlar|benzer dosyalar|
tr bunlara da bakın|öneriler|diğer dokümanlar|son belgeler
vi tài liệu liên quan|tài liệu tương tự|có thể bạn quan tâm|tài liệu khác|tài liệu cùng danh mục|
vi có thể bạn thích|tài liệu xem nhiều|tài liệu mới|đề xuất cho bạn|tài liệu nổi bật|tài liệu gợi ý|
vi tài liệu cùng chủ đề|liên quan|xem thêm|tài liệu cùng người đăng|tài liệu mới nhất
id dokumen terkait|dokumen serupa|dokumen lainnya|anda mungkin juga menyukai|rekomendasi|
id dokumen populer|dokumen terbaru|lihat juga|baca juga|mungkin anda suka|berkas terkait|
id rekomendasi untuk anda|dokumen lain|dokumen yang mirip|file terkait|anda mungkin suka
ja 関連資料|関連文書|関連ドキュメント|おすすめ|類似資料|この資料を見た人は|関連ファイル|人気の資料|関連スライド|
ja おすすめの資料|他の資料|その他の資料|似ている資料|新着資料|おすすめ資料|こちらもおすすめ|関連コンテンツ|類似文書
ko 관련 문서|관련 자료|비슷한 문서|추천 문서|추천 자료|다른 문서|인기 문서|인기 자료|함께 본 자료|유사 자료|
ko 비슷한 자료|최신 자료|관련자료|다른 자료|연관 자료|이 자료와 함께 구매한 자료|추천자료|최신 문서|유사 문서
"""

_PREVIEW: Final = """
zh 文档预览|内容预览|在线预览|文档内容|资源描述|文档简介|内容简介|正文|全文预览|文档正文|预览|内容摘要|文本内容|资料预览|文件预览|正文内容
zh-Hant 文件預覽|內容預覽|線上預覽|文件內容|內容簡介|預覽|全文預覽|內容摘要|文檔預覽
en preview|document preview|document text|transcript|text preview|content preview|file preview|
en text version|read the text version|citation preview|full text|document content|text content|
en document transcript|extracted text|read online|excerpt|free preview|text of the document|contents preview
de vorschau|dokumentvorschau|textvorschau|transkript|leseprobe|inhalt|textauszug|auszug|dokumentinhalt|
de inhaltsvorschau|volltext
fr aperçu|aperçu du document|extrait|contenu du document|texte|transcription|prévisualisation|
fr aperçu du texte|texte du document|contenu|extrait du document|texte intégral
es vista previa|previsualización|contenido del documento|transcripción|extracto|texto del documento|
es contenido|vista previa del documento|texto completo|fragmento
pt pré-visualização|visualização|prévia|conteúdo do documento|transcrição|texto do documento|
pt pré-visualização do documento|conteúdo|trecho|visualizar documento|texto completo|prévia do documento
it anteprima|anteprima del documento|contenuto del documento|trascrizione|estratto|testo del documento|
it contenuto|anteprima documento|testo completo
pl podgląd|podgląd dokumentu|treść dokumentu|fragment|transkrypt|treść|podgląd treści|fragment dokumentu|
pl tekst dokumentu
ru предпросмотр|просмотр документа|текст документа|фрагмент|содержание документа|предварительный просмотр|
ru текст работы|просмотр|отрывок|текст|содержимое документа|фрагмент документа
uk перегляд документа|попередній перегляд|текст документа|зміст документа|уривок|фрагмент|текст|перегляд|
uk вміст документа|фрагмент документа
tr önizleme|belge önizleme|doküman önizleme|metin|belge içeriği|içerik|belge metni|ön izleme|
tr doküman içeriği
vi xem trước|nội dung tài liệu|nội dung|xem trước tài liệu|trích đoạn|nội dung text|văn bản tài liệu|
vi nội dung xem trước|bản xem trước
id pratinjau|isi dokumen|teks penuh|pratinjau dokumen|cuplikan|isi|teks dokumen|konten dokumen|
id kutipan
ja プレビュー|本文|資料プレビュー|内容プレビュー|文書の内容|資料の内容|テキスト|本文プレビュー|ドキュメントの内容
ko 미리보기|문서 미리보기|본문|내용 미리보기|자료 미리보기|본문내용|문서 내용|본문 내용|텍스트
"""

_END: Final = """
zh-Hant 留言|評論|發表評論|關於我們|聯絡我們|下載本文件|版權聲明
en comments|leave a comment|add a comment|leave a reply|report this document|about us|contact us|privacy policy|
en terms of service|download this document|end of preview|download now|show more|reviews|share this document|
en end of the preview|report abuse|copyright notice|user comments|download full document|rate this document|
en log in to comment|post a comment|faq|subscribe to our newsletter|sign up for our newsletter
de kommentare|kommentar schreiben|impressum|datenschutz|dokument herunterladen|ende der vorschau|kontakt|
de dokument melden|über uns|bewertungen|ende der leseprobe|kommentar hinterlassen|nutzungsbedingungen
fr commentaires|laisser un commentaire|mentions légales|télécharger le document|fin de l'aperçu|signaler|
fr signaler ce document|à propos|contact|avis|fin de l'extrait|ajouter un commentaire|contactez-nous
es comentarios|deja un comentario|aviso legal|descargar documento|fin de la vista previa|denunciar|
es contacto|sobre nosotros|reseñas|descargar el documento|añadir comentario|política de privacidad
pt comentários|deixe um comentário|baixar documento|fim da pré-visualização|denunciar|contato|contacto|
pt sobre nós|avaliações|fim da visualização|política de privacidade|descarregar documento
it commenti|lascia un commento|scarica documento|fine dell'anteprima|segnala|contatti|chi siamo|
it recensioni|note legali|scarica il documento|aggiungi un commento
pl komentarze|dodaj komentarz|pobierz dokument|koniec podglądu|zgłoś|kontakt|o nas|opinie|regulamin|
pl polityka prywatności
ru комментарии|оставить комментарий|скачать документ|конец предпросмотра|пожаловаться|контакты|о нас|
ru отзывы|добавить комментарий|конец фрагмента|о проекте|скачать файл
uk коментарі|залишити коментар|завантажити документ|поскаржитися|контакти|про нас|відгуки|
uk додати коментар|кінець попереднього перегляду|завантажити файл
tr yorumlar|yorum yap|belgeyi indir|önizleme sonu|şikayet et|iletişim|hakkımızda|yorum yaz|dokümanı indir
vi bình luận|tải xuống tài liệu|hết phần xem trước|báo cáo vi phạm|liên hệ|giới thiệu|viết bình luận|
vi tải tài liệu|nhận xét|đánh giá|về chúng tôi
id komentar|tinggalkan komentar|unduh dokumen|akhir pratinjau|laporkan|kontak|tentang kami|ulasan|
id hubungi kami|beri komentar
ja コメント|コメントする|ダウンロードする|プレビューの終わり|通報|お問い合わせ|会社概要|レビュー|コメントを書く|
ja この資料をダウンロード|利用規約|プライバシーポリシー
ko 댓글|댓글 쓰기|다운로드하기|미리보기 끝|신고|문의|회사소개|리뷰|이용약관|개인정보처리방침|댓글 작성
"""

_LISTS: Final = """
zh 搜索结果|的搜索结果|文档列表|全部文档|最新文档|热门文档|搜索|分类列表|文档大全列表|资料列表
zh-Hant 搜尋結果|文件列表|全部文件|最新文件|搜尋
en search results|search|results for|all documents|latest documents|browse documents|browse|documents tagged|
en document list|popular documents|categories|archive|index of|newest documents|top documents
de suchergebnisse|suche|alle dokumente|neueste dokumente|dokumente durchsuchen|suchergebnisse für|kategorien
fr résultats de recherche|recherche|tous les documents|derniers documents|résultats pour|catégories
es resultados de búsqueda|resultados de la búsqueda|búsqueda|todos los documentos|resultados para|categorías
pt resultados da pesquisa|resultados da busca|pesquisa|busca|todos os documentos|resultados para|categorias
it risultati della ricerca|risultati di ricerca|ricerca|tutti i documenti|risultati per|categorie
pl wyniki wyszukiwania|wyszukiwanie|wszystkie dokumenty|wyniki dla|kategorie
ru результаты поиска|поиск|все документы|каталог документов|категории|последние документы
uk результати пошуку|пошук|усі документи|всі документи|каталог документів|категорії
tr arama sonuçları|arama|tüm belgeler|tüm dokümanlar|kategoriler|son eklenen belgeler
vi kết quả tìm kiếm|tìm kiếm|tất cả tài liệu|danh sách tài liệu|danh mục|tài liệu mới nhất
id hasil pencarian|pencarian|semua dokumen|cari dokumen|kategori|dokumen terbaru
ja 検索結果|資料一覧|文書一覧|すべての資料|新着資料一覧|カテゴリ一覧|検索
ko 검색결과|검색 결과|문서 목록|전체 자료|자료 목록|전체 문서|카테고리
"""


def _table(text: str) -> frozenset[str]:
    """Return the words of a table whose lines are a language each, and its words."""
    rows = (row.partition(" ")[2] for row in text.splitlines() if row)
    return frozenset(_plain(word) for row in rows for word in row.split("|") if word)


def _plain(line: str) -> str:
    """Return *line* in lower case, without what decorates a heading."""
    return " ".join(line.replace("İ", "i").replace("’", "'").lower().strip(_EDGES).split())


_EDGES: Final = ' \u3000\xa0•·▪●■◆★※-–—>»›*【】[]|:：∶.…!？?▼▾↓#"“”'
_PROSE_ENDS: Final = frozenset("。；，、")
"""What a sentence ends in, and no heading."""
LONGEST: Final = 50
"""No heading has more characters."""
_TAIL: Final = re.compile(r"\s?(?:[(（]\s?\d[\d.,]*\s?[)）]|\d[\d.,]*)$")
"""The number of comments or of documents, behind a heading."""
_TAIL_ENDS: Final = frozenset(".,)）")

_RELATED_WORDS: Final = _table(_RELATED)
_PREVIEW_WORDS: Final = _table(_PREVIEW)
_END_WORDS: Final = _table(_END)
_LIST_WORDS: Final = _table(_LISTS)


def is_related(line: str) -> bool:
    """Tell whether *line* is the heading of a list of other documents.

    >>> is_related("Ähnliche Dokumente:"), is_related("Related documents (12)"), is_related("Pages")
    (True, True, False)
    """
    return _is_one(line, _RELATED_WORDS)


def is_preview(line: str) -> bool:
    """Tell whether *line* is the heading of a document's text.

    >>> is_preview("Vorschau"), is_preview("Preview is not available")
    (True, False)
    """
    return _is_one(line, _PREVIEW_WORDS)


def is_end(line: str) -> bool:
    """Tell whether *line* is where a document's text is over: comments, the page's own words.

    >>> is_end("Kommentare (3)"), is_end("Kommentar zum Gesetz")
    (True, False)
    """
    return _is_one(line, _END_WORDS)


def is_comments(line: str) -> bool:
    """Tell whether *line* is the heading of what readers wrote about the document.

    >>> is_comments("Kommentare (3)"), is_comments("3 comments"), is_comments("Kontakt")
    (True, True, False)
    """
    if len(line) > LONGEST or line[-1:] in _PROSE_ENDS:
        return False
    return _COMMENTS.fullmatch(_plain(line)) is not None


_COMMENTS: Final = re.compile(
    r"(?:\d+ )?(?:(?:user |发表|全部|最新|网友|用户|文档)?(?:comments|reviews|kommentare|bewertungen|"
    r"commentaires|comentarios|comentários|commenti|recensioni|komentarze|opinie|комментарии|"
    r"отзывы|коментарі|відгуки|yorumlar|bình luận|nhận xét|komentar|コメント|レビュー|댓글|리뷰|"
    r"评论|評論|留言|评价))(?: ?\(? ?\d+ ?\)?)?"
)


def is_list_title(line: str) -> bool:
    """Tell whether *line* is the title of a page that lists documents.

    >>> is_list_title("Search results"), is_list_title("Search results for: steel")
    (True, True)
    """
    plain = _plain(_TAIL.sub("", line))
    if plain in _LIST_WORDS:
        return True
    head, colon, _ = plain.partition(":")
    starts: Iterable[str] = (w for w in _LIST_WORDS if len(w) > _LEAST and " " in w)
    return (bool(colon) and head in _LIST_WORDS) or any(plain.startswith(w + " ") for w in starts)


_LEAST: Final = 8


def _is_one(line: str, words: frozenset[str]) -> bool:
    if len(line) > LONGEST or line[-1:] in _PROSE_ENDS:
        return False
    plain = _plain(line)
    if plain in words:
        return True
    end = plain[-1:]
    has_tail = end in _TAIL_ENDS or end.isdecimal()
    return has_tail and _plain(_TAIL.sub("", plain)) in words
