"""Languages as BCP 47 tags: what a page calls one, and what a text is written in.

The script tells most languages of Asia apart; py3langid tells those that are written in Latin or
Cyrillic letters. It was chosen by measurement: ``docs/explanation/text-quality.md``.
"""

# ruff: noqa: E501, RUF001 - rows of names, in their own letters

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES: Final = """
zh: chinese | chinesisch | chinois | chino | chinês | cinese | chiński | китайский
zh: китайська | çince | tiếng trung | cina | tionghoa | mandarin | 中文 | 汉语 | 漢語 | 中文(中国)
zh: 中国語 | 중국어 | chi | zho | 普通话 | 华语
zh-Hans: 简体中文 | 简体 | 中文简体 | 简体字 | 中文(简体) | 簡體中文 | 簡體 | simplified chinese
zh-Hans: chinese simplified | chinese (simplified) | chinese(simplified) | chs
zh-Hant: 繁体中文 | 繁体 | 中文繁体 | 中文(繁体) | 繁體中文 | 繁體 | 中文(繁體) | 正體中文 | traditional chinese
zh-Hant: cht | chinese traditional | chinese (traditional) | chinese(traditional)
en: english | englisch | anglais | inglés | ingles | inglês | inglese | angielski
en: английский | англійська | ingilizce | tiếng anh | inggris | bahasa inggris | 英语 | 英文
en: 英語 | 영어 | eng
de: german | deutsch | allemand | alemán | alemão | tedesco | niemiecki | немецкий
de: німецька | almanca | tiếng đức | jerman | bahasa jerman | 德语 | 德文 | 德語 | ドイツ語 | 독일어
de: ger | deu
fr: french | französisch | français | francais | francés | francês | francese | francuski
fr: французский | французька | fransızca | tiếng pháp | prancis | bahasa prancis | 法语
fr: 法文 | 法語 | フランス語 | 프랑스어 | fre | fra
es: spanish | spanisch | espagnol | español | espanol | castellano | espanhol | spagnolo
es: hiszpański | испанский | іспанська | ispanyolca | tiếng tây ban nha | spanyol | 西班牙语
es: 西班牙語 | スペイン語 | 스페인어 | spa
pt: portuguese | portugiesisch | portugais | portugués | português | portugues
pt: portoghese | portugalski | португальский | португальська | portekizce
pt: tiếng bồ đào nha | portugis | 葡萄牙语 | 葡萄牙語 | 포르투갈어 | por
pt-BR: português (brasil) | portuguese (brazil) | brazilian portuguese
it: italian | italienisch | italien | italiano | włoski | итальянский | італійська
it: italyanca | tiếng ý | italia | 意大利语 | 義大利文 | イタリア語 | 이탈리아어 | ita
pl: polish | polnisch | polonais | polaco | polonês | polacco | polski | польский
pl: польська | lehçe | tiếng ba lan | polandia | 波兰语 | ポーランド語 | 폴란드어 | pol
ru: russian | russisch | russe | ruso | russo | rosyjski | русский | російська | rusça
ru: tiếng nga | rusia | 俄语 | 俄文 | ロシア語 | 러시아어 | rus
uk: ukrainian | ukrainisch | ukrainien | ucraniano | ucraino | ukraiński | украинский
uk: українська | ukraynaca | tiếng ukraina | ukraina | 乌克兰语 | ウクライナ語 | 우크라이나어 | ukr
tr: turkish | türkisch | turc | turco | turecki | турецкий | турецька | türkçe
tr: tiếng thổ nhĩ kỳ | turki | 土耳其语 | トルコ語 | 터키어 | 튀르키예어 | tur
vi: vietnamese | vietnamesisch | vietnamien | vietnamita | wietnamski | вьетнамский
vi: в'єтнамська | vietnamca | tiếng việt | vietnam | bahasa vietnam | 越南语 | 越南文 | ベトナム語
vi: 베트남어 | vie
id: indonesian | indonesisch | indonésien | indonesio | indonésio | indonesiano
id: indonezyjski | индонезийский | індонезійська | endonezce | tiếng indonesia
id: indonesia | bahasa indonesia | 印尼语 | 印度尼西亚语 | インドネシア語 | 인도네시아어 | ind
ja: japanese | japanisch | japonais | japonés | japonês | giapponese | japoński
ja: японский | японська | japonca | tiếng nhật | jepang | bahasa jepang | 日语 | 日文 | 日本語
ja: 일본어 | jpn
ko: korean | koreanisch | coréen | coreano | koreański | корейский | корейська | korece
ko: tiếng hàn | korea | bahasa korea | 韩语 | 韩文 | 韓文 | 朝鲜语 | 한국어 | 韓国語 | kor
nl: dutch | niederländisch | néerlandais | neerlandés | holandés | olandese | nederlands
nl: 荷兰语 | nld | dut
ar: arabic | arabisch | arabe | árabe | arabo | العربية | 阿拉伯语 | ara
el: greek | griechisch | grec | griego | greco | ελληνικά | 希腊语 | ell | gre
ro: romanian | rumänisch | roumain | rumano | rumeno | română | 罗马尼亚语 | ron | rum
hu: hungarian | ungarisch | hongrois | húngaro | ungherese | magyar | 匈牙利语 | hun
cs: czech | tschechisch | tchèque | checo | ceco | čeština | česky | 捷克语 | ces | cze
th: thai | thailändisch | ไทย | ภาษาไทย | 泰语 | tha
la: latin | latein | latín | latino | 拉丁语 | lat
"""
_CODES: Final = frozenset(
    "af am ar az be bg bn bo bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy "
    "id is it ja ka kk km kn ko ky la lo lt lv mk ml mn mr ms mt my nb ne nl nn no pa pl ps pt ro "
    "ru sa si sk sl sq sr sv sw ta te tg th tk tl tr tt ug uk ur uz vi yi za zh zu yue".split()
)
_TAG: Final = re.compile(
    r"(?P<language>[a-z]{2,3})(?:[-_](?P<script>[a-z]{4}))?(?:[-_](?P<region>[a-z]{2}|\d{3}))?"
)
_LONGEST: Final = 60
"""No name of a language is longer, in characters."""

_SAMPLE: Final = 800
_LEAST: Final = 30
"""A text with fewer letters is in no language that can be told,"""
_LEAST_WIDE: Final = 10
"""or with fewer characters that are words or syllables by themselves."""
_SHARE: Final = 0.4
"""A script with less of the text's letters is not the text's."""
_KANA_SHARE: Final = 0.05
"""A Japanese text has more kana; a Chinese one quotes fewer."""
_SURE: Final = 0.9
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_EASTERN: Final = {
    "kana": re.compile("[\u3041-\u3096\u30a1-\u30fa]+"),
    "hangul": re.compile("[\uac00-\ud7a3]+"),
    "han": re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]+"),
}
_HAN: Final = {"han": _EASTERN["han"]}
_SYLLABLES: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]")
_SCRIPTS: Final = {
    "th": re.compile("[\u0e01-\u0e4e]+"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]+"),
    "he": re.compile("[\u05d0-\u05ea]+"),
    "latin": re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+"),
    "cyrillic": re.compile("[\u0400-\u04ff]+"),
    "ar": re.compile("[\u0620-\u064a\u06a9-\u06cc]+"),
}
_TOLD_BY_SCRIPT: Final = ("th", "el", "he")
_TOLD_BY_WORDS: Final = (
    "en de fr es pt it pl ru uk tr vi id nl cs ro hu sv da fi no sk hr sl ca bg sr be lt lv et "
    "ar fa ur".split()
)
"""The languages that are told by their words. Few: a small neighbour is a large language's error
more often than itself."""


def parse_language(text: str) -> str | None:
    """Return the BCP 47 tag of the language that *text* names or is a tag of.

    ``None`` if it names none, or several.

    >>> parse_language("中文"), parse_language("English"), parse_language("pt_br")
    ('zh', 'en', 'pt-BR')
    >>> parse_language("中文/英文") is None
    True
    """
    name = " ".join(text.lower().split()).replace("（", "(").replace("）", ")").strip(" .。")
    if not name or len(name) > _LONGEST:
        return None
    if known := _known_names().get(name):
        return known
    if not (found := _TAG.fullmatch(name)) or found["language"] not in _CODES:
        return None
    script, region = found["script"], found["region"]
    parts = [found["language"], script and script.title(), region and region.upper()]
    return "-".join(filter(None, parts))


def detect_language(text: str) -> str | None:
    """Return the language of *text* as a BCP 47 tag; ``None`` if there is too little to tell.

    >>> detect_language("库房每月清点一次，清点的人不能是保管的人。")
    'zh'
    >>> detect_language("창고는 한 달에 한 번 점검합니다.")
    'ko'
    >>> detect_language("58.50 KB") is None
    True
    """
    sample = text[:_SAMPLE]
    scripts = _EASTERN if _SYLLABLES.search(sample) else _HAN
    counts = {name: _count(script, sample) for name, script in scripts.items()}
    east = sum(counts.values())
    if east >= _LEAST_WIDE and east >= _SHARE * len(sample):
        return _eastern(counts, east)  # whichever of the characters are letters
    letters = _count(_LETTERS, sample)
    if east >= _LEAST_WIDE and east >= _SHARE * letters:
        return _eastern(counts, east)
    counts = {name: _count(script, sample) for name, script in _SCRIPTS.items()}
    for name in _TOLD_BY_SCRIPT:
        if counts[name] >= _LEAST and counts[name] >= _SHARE * letters:
            return name
    worded = max(counts["latin"], counts["cyrillic"], counts["ar"])
    if worded < _LEAST or worded < _SHARE * letters:
        return None
    language, probability = _classifier()(sample)
    return language if probability >= _SURE else None


def _count(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))


def _eastern(counts: dict[str, int], east: int) -> str | None:
    if counts.get("hangul", 0) >= _SHARE * east:
        return "ko"
    return "ja" if counts.get("kana", 0) > _KANA_SHARE * east else "zh"


@cache
def _known_names() -> dict[str, str]:
    """Return the tag of each name."""
    rows = (row.split(": ") for row in _NAMES.strip().splitlines())
    return {name: tag for tag, names in rows for name in names.split(" | ")}


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    """Return what tells languages by their words: it takes half a second, so not on import."""
    langid = import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(_TOLD_BY_WORDS)
    classify: Callable[[str], tuple[str, float]] = identifier.classify
    return classify
