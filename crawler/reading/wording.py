"""The labels of pages that no class knows: one table, field by language.

Labels are in lower case, and read in any. A language's are behind its tag, separated by ``|``.
What stands beside the label must look like the field's value; words that mean too many things
(``date`` of a comment, ``size`` of a viewer) are read only where the value does.
"""

# ruff: noqa: E501, RUF001 - rows of a table; the words of all languages, in their own letters

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "doc_id": {
        "zh": "文档编号|文档id|资源编号|资源id|文件编号|资料编号|文档号",
        "zh-Hant": "文件編號|文檔編號|資源編號|文件id|資料編號",
        "en": "document id|doc id|file id|document number|document no|document no.|item id|doc. id",
        "de": "dokument-id|dokumenten-id|dokumentnummer|dokument-nr.|dokumentennummer|datei-id",
        "fr": "id du document|identifiant du document|numéro du document|n° du document",
        "es": "id del documento|identificador del documento|número de documento|código del documento",
        "pt": "id do documento|identificador do documento|número do documento|código do documento",
        "it": "id documento|id del documento|numero documento|codice documento",
        "pl": "id dokumentu|identyfikator dokumentu|numer dokumentu|nr dokumentu",
        "ru": "id документа|номер документа|идентификатор документа|код документа",
        "uk": "id документа|номер документа|ідентифікатор документа|код документа",
        "tr": "belge no|belge numarası|belge kimliği|doküman no|belge id",
        "vi": "mã tài liệu|id tài liệu|mã số tài liệu",
        "id": "id dokumen|nomor dokumen|no. dokumen|kode dokumen",
        "ja": "文書id|文書番号|資料番号|ドキュメントid|資料id|ファイルid",
        "ko": "문서 번호|문서번호|문서 id|자료번호|자료 번호|문서id",
    },
    "file_format": {
        "zh": "文件格式|文档格式|资源格式|文件类型|文档类型|文件类别|格式|类型",
        "zh-Hant": "檔案格式|文件格式|檔案類型|文檔格式|檔案類別|格式|類型",
        "en": "file format|file type|format|document type|filetype|document format|type|type of file",
        "de": "dateiformat|dateityp|format|dateiart|typ",
        "fr": "format|format de fichier|format du fichier|type de fichier|type du fichier|type",
        "es": "formato|formato de archivo|formato del archivo|tipo de archivo|tipo",
        "pt": "formato|formato do arquivo|tipo de arquivo|formato do ficheiro|tipo de ficheiro|tipo",
        "it": "formato|formato file|formato del file|tipo di file|tipo file|tipo",
        "pl": "format|format pliku|typ pliku|rodzaj pliku|typ",
        "ru": "формат|формат файла|тип файла|расширение|тип",
        "uk": "формат|формат файлу|тип файлу|розширення|тип",
        "tr": "dosya türü|dosya biçimi|dosya formatı|biçim|format|dosya tipi|tür",
        "vi": "định dạng|định dạng tệp|loại file|loại tệp|kiểu file|định dạng file|loại tập tin",
        "id": "format|format file|tipe file|jenis file|format berkas|tipe berkas|jenis berkas|tipe",
        "ja": "ファイル形式|形式|フォーマット|ファイルの種類|ファイルタイプ|種類|拡張子",
        "ko": "파일 형식|파일형식|형식|포맷|파일 종류|파일 포맷|확장자|파일유형",
    },
    "size": {
        "zh": "文件大小|文档大小|资源大小|资料大小|附件大小|大小|文件体积|容量",
        "zh-Hant": "檔案大小|文件大小|文檔大小|資源大小|大小|檔案容量",
        "en": "file size|size|filesize|document size|download size|size of file|pdf size",
        "de": "dateigröße|größe|dateigrösse|dateiumfang|grösse|dokumentgröße",
        "fr": "taille|taille du fichier|poids|poids du fichier|taille fichier|taille du document",
        "es": "tamaño|tamaño del archivo|tamaño de archivo|peso|peso del archivo|tamaño del fichero",
        "pt": "tamanho|tamanho do arquivo|tamanho do ficheiro|tamanho de arquivo",
        "it": "dimensione|dimensioni|dimensione file|dimensione del file|dimensioni del file|peso|"
        "dimensioni file",
        "pl": "rozmiar|rozmiar pliku|wielkość|wielkość pliku",
        "ru": "размер|размер файла|объем файла|объём файла|вес файла|размер документа",
        "uk": "розмір|розмір файлу|обсяг файлу|розмір документа",
        "tr": "boyut|dosya boyutu|boyutu|dosya büyüklüğü",
        "vi": "dung lượng|kích thước|kích thước file|dung lượng file|kích cỡ|dung lượng tệp|"
        "kích thước tệp",
        "id": "ukuran|ukuran file|ukuran berkas|besar file|ukuran dokumen",
        "ja": "ファイルサイズ|サイズ|容量|ファイル容量|データサイズ",
        "ko": "파일 크기|파일크기|크기|용량|파일 용량|파일용량|파일 사이즈",
    },
    "page_count": {
        "zh": "全文页数|文档页数|总页数|页数|总页码|文件页数|页码数",
        "zh-Hant": "頁數|總頁數|文件頁數|全文頁數|文檔頁數",
        "en": "pages|page count|number of pages|no. of pages|total pages|page(s)|length|slides|"
        "number of slides|pages total|# of pages|nr of pages",
        "de": "seiten|seitenzahl|seitenanzahl|anzahl seiten|anzahl der seiten|umfang|folien",
        "fr": "pages|nombre de pages|nb de pages|nbre de pages|nb pages|longueur|diapositives",
        "es": "páginas|número de páginas|n.º de páginas|nº de páginas|núm. de páginas|paginas|"
        "total de páginas|cantidad de páginas|diapositivas",
        "pt": "páginas|número de páginas|nº de páginas|total de páginas|paginas|n.º de páginas|"
        "quantidade de páginas|slides",
        "it": "pagine|numero di pagine|numero pagine|n. pagine|pagine totali|n° pagine|diapositive",
        "pl": "strony|liczba stron|ilość stron|stron|liczba slajdów",
        "ru": "страниц|страницы|количество страниц|число страниц|кол-во страниц|всего страниц|"
        "слайдов|количество слайдов|объем|объём",
        "uk": "сторінок|сторінки|кількість сторінок|к-сть сторінок|всього сторінок|обсяг|"
        "кількість слайдів",
        "tr": "sayfa|sayfa sayısı|sayfalar|toplam sayfa|slayt sayısı",
        "vi": "số trang|tổng số trang|trang|số trang tài liệu|số slide",
        "id": "halaman|jumlah halaman|total halaman|jml halaman|banyak halaman|jumlah slide",
        "ja": "ページ数|総ページ数|頁数|ページ|枚数|スライド数",
        "ko": "페이지|페이지 수|페이지수|쪽수|총 페이지|쪽 수|분량|총페이지|슬라이드 수",
    },
    "date": {
        "zh": "上传时间|上传日期|发布时间|发布日期|发表时间|发表日期|上架时间|添加时间|分享时间|"
        "发布于|上传于|时间|日期",
        "zh-Hant": "上傳時間|上傳日期|發布時間|發佈時間|發布日期|發佈日期|上架時間|發表時間|"
        "發表日期|時間|日期",
        "en": "uploaded|post on|upload date|uploaded on|date uploaded|published|published on|date|posted|"
        "date posted|publication date|posted on|added|date added|added on|release date|"
        "publish date|date published|uploaded at|upload time|created|date of upload|"
        "date of publication|issued|submitted|submitted on|posted at|shared on",
        "de": "hochgeladen|hochgeladen am|veröffentlicht|veröffentlicht am|datum|upload-datum|"
        "erstellt am|hinzugefügt|hinzugefügt am|eingestellt am|veröffentlichungsdatum|"
        "hochladedatum|erscheinungsdatum|publikationsdatum|uploaddatum|einstelldatum",
        "fr": "publié le|mis en ligne le|date|date de publication|ajouté le|date de mise en ligne|"
        "téléversé le|date d'ajout|date d’ajout|déposé le|transféré le|mise en ligne|publié|"
        "date de dépôt|téléchargé le",
        "es": "publicado|publicado el|subido|subido el|fecha|fecha de publicación|fecha de subida|"
        "cargado el|fecha de carga|añadido|agregado|agregado el|añadido el",
        "pt": "publicado em|enviado em|data|data de publicação|data de envio|adicionado em|"
        "carregado em|postado em|data de upload|publicado|enviado|data da publicação",
        "it": "caricato|caricato il|pubblicato|pubblicato il|data|data di caricamento|"
        "data di pubblicazione|data pubblicazione|aggiunto il|inserito il|data caricamento",
        "pl": "dodano|data dodania|opublikowano|data publikacji|data|data przesłania|przesłano|"
        "dodany|wgrano|data wgrania|dodane",
        "ru": "дата|дата загрузки|загружено|опубликовано|дата публикации|добавлено|"
        "дата добавления|размещено|дата размещения|добавлен|загружен",
        "uk": "дата|дата завантаження|завантажено|опубліковано|дата публікації|додано|"
        "дата додавання|розміщено|дата розміщення",
        "tr": "tarih|yükleme tarihi|yüklenme tarihi|yayın tarihi|eklenme tarihi|yayınlanma tarihi|"
        "ekleme tarihi|yüklendi|eklendi|yayımlanma tarihi",
        "vi": "ngày đăng|ngày tải lên|ngày upload|ngày đăng tải|ngày|ngày chia sẻ|đăng ngày|"
        "ngày xuất bản|ngày phát hành|tải lên ngày|upload ngày|thời gian đăng|đăng lúc",
        "id": "tanggal|diunggah|diunggah pada|tanggal unggah|tanggal upload|diterbitkan|"
        "dipublikasikan|tanggal terbit|diposting|tanggal publikasi|ditambahkan|"
        "dipublikasikan pada|diupload pada",
        "ja": "アップロード日|投稿日|公開日|登録日|掲載日|アップロード日時|公開日時|登録日時|"
        "投稿日時|日付|発行日",
        "ko": "등록일|업로드일|업로드 날짜|게시일|작성일|업로드|등록일자|날짜|등록 날짜|발행일|"
        "등록일시|공개일|업로드 일자",
    },
    "uploader": {
        "zh": "上传人|上传者|上传用户|发布者|发布人|贡献者|分享者|分享人|上传人(卖家)|上传会员|作者|"
        "文档作者|分享用户",
        "zh-Hant": "上傳者|上傳人|發布者|發佈者|分享者|上傳用戶|上傳會員|作者",
        "en": "uploaded by|uploader|posted by|shared by|author|added by|submitted by|published by|"
        "contributor|provided by|by|owner|upload by|uploaded by user",
        "de": "hochgeladen von|autor|eingestellt von|verfasser|veröffentlicht von|hinzugefügt von|"
        "bereitgestellt von|autorin",
        "fr": "publié par|auteur|mis en ligne par|ajouté par|transféré par|téléversé par|"
        "proposé par|partagé par|déposé par|auteure",
        "es": "subido por|autor|publicado por|cargado por|añadido por|compartido por|agregado por|"
        "autora",
        "pt": "enviado por|autor|publicado por|carregado por|adicionado por|compartilhado por|"
        "postado por|partilhado por|autora",
        "it": "caricato da|autore|pubblicato da|inserito da|condiviso da|aggiunto da",
        "pl": "dodał|autor|przesłał|opublikował|dodane przez|dodał(a)|dodany przez|przesłane przez|"
        "dodał użytkownik|udostępnił",
        "ru": "автор|загрузил|добавил|опубликовал|кем загружено|разместил|пользователь|прислал",
        "uk": "автор|завантажив|додав|опублікував|розмістив|користувач",
        "tr": "yükleyen|ekleyen|yazar|gönderen|paylaşan|yayınlayan",
        "vi": "người đăng|tác giả|người tải lên|người upload|người chia sẻ|đăng bởi|tải lên bởi|"
        "chia sẻ bởi|người gửi",
        "id": "diunggah oleh|pengunggah|penulis|diposting oleh|dibagikan oleh|pengirim|oleh|"
        "diupload oleh|dipublikasikan oleh",
        "ja": "投稿者|アップロード者|作成者|著者|登録者|アップロードした人|公開者",
        "ko": "업로더|작성자|등록자|올린이|저자|올린 사람|게시자|판매자|업로드한 사람",
    },
    "view_count": {
        "zh": "浏览次数|阅读次数|浏览量|阅读量|浏览数|阅读数|点击数|点击量|浏览|人气|阅读|查看次数|"
        "热度",
        "zh-Hant": "瀏覽次數|閱讀次數|瀏覽量|瀏覽數|點閱數|閱讀數|瀏覽|點擊數|觀看次數|人氣",
        "en": "views|view count|number of views|reads|hits|viewed|total views|page views",
        "de": "aufrufe|ansichten|gelesen|angesehen|zugriffe|seitenaufrufe",
        "fr": "vues|consultations|lectures|nombre de vues|nombre de lectures|vu|affichages",
        "es": "visitas|vistas|lecturas|visualizaciones|número de visitas|visto",
        "pt": "visualizações|visitas|leituras|acessos|vistas|exibições",
        "it": "visualizzazioni|visite|letture|numero di visualizzazioni|visto",
        "pl": "wyświetlenia|odsłony|wyświetleń|odsłon|liczba wyświetleń|wyświetlono",
        "ru": "просмотры|просмотров|количество просмотров|просмотрено|прочтений",
        "uk": "перегляди|переглядів|кількість переглядів|переглянуто",
        "tr": "görüntülenme|okunma|görüntüleme|izlenme|görüntülenme sayısı|okunma sayısı|"
        "görüntüleme sayısı",
        "vi": "lượt xem|số lượt xem|xem|lượt đọc",
        "id": "dilihat|tayangan|dibaca|jumlah tayangan|penayangan|kali dilihat",
        "ja": "閲覧数|表示回数|閲覧回数|再生回数|ビュー数|アクセス数",
        "ko": "조회수|조회|열람수|조회 수|열람 수",
    },
    "download_count": {
        "zh": "下载次数|下载量|下载数|下载|已下载",
        "zh-Hant": "下載次數|下載量|下載數|下載",
        "en": "downloads|download count|number of downloads|downloaded|total downloads",
        "de": "downloads|heruntergeladen|herunterladungen|anzahl downloads|downloads gesamt",
        "fr": "téléchargements|nombre de téléchargements|téléchargé",
        "es": "descargas|número de descargas|descargado",
        "pt": "downloads|transferências|número de downloads|descargas|baixado",
        "it": "download|scaricamenti|numero di download|scaricato|numero download",
        "pl": "pobrania|pobrań|liczba pobrań|pobrano",
        "ru": "скачиваний|скачивания|скачано|загрузок|количество скачиваний|скачали|"
        "количество загрузок|кол-во скачиваний",
        "uk": "завантажень|завантаження|кількість завантажень|скачувань|скачано",
        "tr": "indirme|indirilme|indirme sayısı|indirilme sayısı|indirmeler",
        "vi": "lượt tải|số lượt tải|tải xuống|lượt tải về|tải về|lượt download",
        "id": "unduhan|diunduh|jumlah unduhan|kali diunduh|jumlah download|didownload",
        "ja": "ダウンロード数|ダウンロード回数|ダウンロード|dl数",
        "ko": "다운로드|다운로드 수|다운로드수|다운로드 횟수|다운 수",
    },
    "category": {
        "zh": "所属分类|文档分类|资源分类|分类|类别|栏目|所属栏目|所属类别|所属专题",
        "zh-Hant": "分類|類別|所屬分類|文件分類",
        "en": "category|categories|subject|filed under|topic|section",
        "de": "kategorie|kategorien|rubrik|fachbereich|thema",
        "fr": "catégorie|catégories|rubrique|matière|thème",
        "es": "categoría|categorías|sección|materia|categoria",
        "pt": "categoria|categorias|seção|assunto|disciplina",
        "it": "categoria|categorie|sezione|materia",
        "pl": "kategoria|kategorie|dział",
        "ru": "категория|категории|раздел|рубрика|предмет",
        "uk": "категорія|категорії|розділ|рубрика|предмет",
        "tr": "kategori|kategoriler|bölüm|konu",
        "vi": "danh mục|chuyên mục|thể loại|chủ đề",
        "id": "kategori|topik|bidang",
        "ja": "カテゴリ|カテゴリー|分類|ジャンル",
        "ko": "카테고리|분류|분야",
    },
    "tags": {
        "zh": "关键词|关键字|文档标签|标签|相关标签",
        "zh-Hant": "關鍵字|關鍵詞|標籤",
        "en": "tags|keywords|keyword|tag",
        "de": "schlagwörter|schlagworte|tags|stichwörter|stichworte|schlüsselwörter",
        "fr": "mots-clés|tags|étiquettes|mots clés",
        "es": "etiquetas|palabras clave|tags",
        "pt": "palavras-chave|tags|etiquetas|marcadores|palavras chave",
        "it": "parole chiave|tag|etichette",
        "pl": "tagi|słowa kluczowe|etykiety",
        "ru": "теги|ключевые слова|метки|тэги",
        "uk": "теги|ключові слова|мітки",
        "tr": "etiketler|anahtar kelimeler|anahtar sözcükler",
        "vi": "từ khóa|thẻ|từ khoá|tags",
        "id": "kata kunci|tag|tagar|label",
        "ja": "タグ|キーワード",
        "ko": "태그|키워드|핵심어",
    },
    "price": {
        "zh": "下载积分|下载价格|售价|价格|所需积分|需要积分|文档价格|所需金币|资源价格|下载所需",
        "zh-Hant": "售價|價格|下載積分|所需積分",
        "en": "price|cost|download price",
        "de": "preis|kosten",
        "fr": "prix|tarif",
        "es": "precio|coste|costo",
        "pt": "preço|custo",
        "it": "prezzo|costo",
        "pl": "cena|koszt",
        "ru": "цена|стоимость",
        "uk": "ціна|вартість",
        "tr": "fiyat|ücret|fiyatı",
        "vi": "giá|giá bán|phí tải|giá tiền",
        "id": "harga|biaya",
        "ja": "価格|料金|値段",
        "ko": "가격|판매가|금액",
    },
    "language": {
        "zh": "文档语言|语言|语种",
        "zh-Hant": "語言|文件語言",
        "en": "language|document language",
        "de": "sprache",
        "fr": "langue",
        "es": "idioma|lengua",
        "pt": "idioma|língua",
        "it": "lingua",
        "pl": "język",
        "ru": "язык",
        "uk": "мова",
        "tr": "dil|dili",
        "vi": "ngôn ngữ",
        "id": "bahasa",
        "ja": "言語",
        "ko": "언어",
    },
    "title": {
        "zh": "文档名称|资源名称|文件名称|文档标题|文件名|资料名称|标题|名称",
        "zh-Hant": "檔案名稱|文件名稱|檔名|標題|文檔名稱",
        "en": "title|document title|file name|filename|name|document name",
        "de": "titel|dateiname|dokumenttitel|bezeichnung",
        "fr": "titre|nom du fichier|titre du document|nom",
        "es": "título|nombre del archivo|nombre|título del documento",
        "pt": "título|nome do arquivo|nome|título do documento",
        "it": "titolo|nome file|nome del file|titolo del documento",
        "pl": "tytuł|nazwa pliku|nazwa",
        "ru": "название|имя файла|заголовок|название документа|наименование",
        "uk": "назва|ім'я файлу|назва документа|заголовок",
        "tr": "başlık|dosya adı|belge adı",
        "vi": "tiêu đề|tên tài liệu|tên file|tên tệp",
        "id": "judul|nama file|nama berkas|nama dokumen",
        "ja": "タイトル|ファイル名|資料名|文書名|題名",
        "ko": "제목|파일명|자료명|문서명|파일 이름",
    },
}
"""The labels of each field, by the tags of their languages."""


STEMS: Final[Mapping[str, str]] = {
    "size": "size|größe|groesse|taille|tamaño|tamanho|rozmiar|размер|розмір|boyut|dung lượng|"
    "kích thước|ukuran|サイズ|크기|용량|大小",
    "page_count": "pages|seiten|páginas|pagine|stron|страниц|сторінок|sayfa|trang|halaman|"
    "ページ|페이지|쪽수|页数|頁數|总页|slides|folien",
    "date": "date|datum|fecha|дата|tarih|ngày|tanggal|日期|时间|時間|upload|publish|publi|hochgelad|"
    "caricat|subid|dodan|загруж|добавл|завантажен|додан|yükle|eklen|đăng|diunggah|投稿|公開|登録|"
    "업로드|등록|게시",
    "view_count": "views|aufrufe|vues|visitas|visualiza|visualizz|wyświetl|просмотр|перегляд|"
    "görüntülen|lượt xem|dilihat|閲覧|조회|浏览|瀏覽",
    "download_count": "downloads|téléchargements|descargas|pobra|скачив|indirme|lượt tải|unduhan|"
    "ダウンロード数|다운로드|下载次|下載次",
    "file_format": "format|dateityp|file type|tipo de|typ pliku|формат|dosya tür|định dạng|"
    "ファイル形式|파일 형식|格式|文件类型|檔案類型",
}
"""Parts of words of which a label in none of the tables is made, if what stands beside it fits."""

DECOYS: Final = (
    "max|limit|allow|accept|support|types|formats|支持|可上传|page size|sheet|embed|viewer|paper|font|image|screen|window|cover|papier|shown|preview|vorschau|free|"
    "aperçu|range|current|zuletzt|last|updat|modif|aktualis|mise à jour|actualiz|atualiz|aggiorn|"
    "zmian|zmodyf|измен|обновл|оновл|змін|güncel|cập nhật|diperbarui|更新|修改|수정|갱신|birth|due|"
    "expir|event|comment|kommentar|joined|member|deadline|start|end|until|gültig|termin|fällig|"
    "最大|上限|预览|試讀|试读|截止|出生|时长|注册|加入|reading time|read time|last seen|revis|year|"
    "access|visited|cached|crawl|captured|archiv|今|total|all |site|per |每|/"
)
"""Parts of labels that mean something else: a limit, a viewer, another moment."""


@cache
def fields_of(label: str) -> tuple[str, ...]:
    """Return the fields that *label*, in lower case, is one of, in the order of the table.

    >>> fields_of("pages"), fields_of("autor"), fields_of("px")
    (('page_count',), ('uploader',), ())
    """
    return tuple(name for name in LABELS if label in labels_of(name))


@cache
def labels_of(field: str) -> frozenset[str]:
    """Return the labels of *field* in every language."""
    return frozenset(word for words in LABELS[field].values() for word in words.split("|"))


@cache
def field_by_stem(label: str) -> str | None:
    """Return the field that a *label* in lower case, which no table has, seems to be one of.

    >>> field_by_stem("original file size"), field_by_stem("maximum file size")
    ('size', None)
    """
    if any(map(str.isdigit, label)) or any(word in label for word in DECOYS.split("|")):
        return None
    found = [name for name, words in STEMS.items() if any(w in label for w in words.split("|"))]
    return found[0] if len(found) == 1 else None


@cache
def languages_of(label: str) -> frozenset[str]:
    """Return the tags of the languages that *label*, in lower case, is a word of.

    >>> sorted(languages_of("dateigröße")), sorted(languages_of("autor"))
    (['de'], ['de', 'es', 'pl', 'pt'])
    """
    return frozenset(
        tag
        for table in LABELS.values()
        for tag, words in table.items()
        if label in words.split("|")
    )
