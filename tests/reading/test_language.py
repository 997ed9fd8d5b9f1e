# ruff: noqa: E501, RUF001 - a row a language, in its own letters
from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.language import detect_language, parse_language

TEXTS: Final = {
    "zh": "库房每月清点一次，清点的人不能是保管的人。如果数目对不上，应当在三天之内查明原因并写成报告。渡口的石阶一共有四十二级，下面常年在水里，行人都从旁边的木桥过河。本章介绍了测量土壤湿度的方法以及结果的分析。",
    "zh-Hant": "庫房每月清點一次，清點的人不能是保管的人。如果數目對不上，應當在三天之內查明原因並寫成報告。渡口的石階一共有四十二級，下面常年在水裡，行人都從旁邊的木橋過河。",
    "en": "The warehouse is checked once a month by somebody who does not keep it. Differences are explained within three days. This chapter describes how the moisture of soil is measured and what the results mean. Chapter one: tools and materials",
    "de": "Das Lager wird einmal im Monat von jemandem geprüft, der es nicht verwaltet. Abweichungen sind binnen drei Tagen zu klären. Dieses Kapitel beschreibt, wie die Feuchtigkeit des Bodens gemessen wird. Kapitel eins: Werkzeuge und Stoffe",
    "fr": "Le dépôt est contrôlé une fois par mois par une personne qui n'en a pas la garde. Les écarts sont expliqués sous trois jours. Ce chapitre décrit comment on mesure l'humidité du sol. Chapitre premier : outils et matériaux",
    "es": "El almacén se revisa una vez al mes por alguien que no lo guarda. Las diferencias se explican en tres días. Este capítulo describe cómo se mide la humedad del suelo. Capítulo uno: herramientas y materiales",
    "pt": "O armazém é verificado uma vez por mês por alguém que não o guarda. As diferenças são explicadas em três dias. Este capítulo descreve como se mede a humidade do solo. Capítulo um: ferramentas e materiais",
    "it": "Il magazzino viene controllato una volta al mese da chi non lo custodisce. Le differenze vanno spiegate entro tre giorni. Questo capitolo descrive come si misura l'umidità del suolo. Capitolo uno: attrezzi e materiali",
    "pl": "Magazyn jest sprawdzany raz w miesiącu przez kogoś, kto nim nie zarządza. Różnice należy wyjaśnić w ciągu trzech dni. Ten rozdział opisuje, jak mierzy się wilgotność gleby. Rozdział pierwszy: narzędzia i materiały",
    "ru": "Склад проверяют раз в месяц, и делает это не тот, кто его хранит. Расхождения объясняют за три дня. В этой главе описано, как измеряют влажность почвы. Глава первая: инструменты и материалы",
    "uk": "Склад перевіряють раз на місяць, і робить це не той, хто його зберігає. Розбіжності пояснюють протягом трьох днів. У цьому розділі описано, як вимірюють вологість ґрунту. Розділ перший: інструменти та матеріали",
    "tr": "Depo ayda bir kez, onu saklamayan biri tarafından denetlenir. Farklar üç gün içinde açıklanır. Bu bölümde toprağın nemi nasıl ölçülür anlatılmaktadır. Birinci bölüm: araçlar ve malzemeler",
    "vi": "Kho được kiểm tra mỗi tháng một lần bởi người không giữ kho. Sai lệch phải được giải thích trong ba ngày. Chương này mô tả cách đo độ ẩm của đất. Chương một: dụng cụ và vật liệu",
    "id": "Gudang diperiksa sebulan sekali oleh orang yang tidak menjaganya. Selisih harus dijelaskan dalam tiga hari. Bab ini menjelaskan cara mengukur kelembapan tanah. Bab satu: alat dan bahan",
    "ja": "倉庫は月に一度、保管していない人が点検します。差異は三日以内に説明します。この章では土の水分の測り方を説明する。第一章　道具と材料について",
    "ko": "창고는 한 달에 한 번 관리하지 않는 사람이 점검합니다. 차이는 사흘 안에 설명합니다. 이 장에서는 토양의 수분을 측정하는 방법을 설명한다. 제1장 도구와 재료",
    "nl": "Het magazijn wordt eens per maand gecontroleerd door iemand die het niet beheert. Dit hoofdstuk beschrijft hoe de vochtigheid van de grond wordt gemeten.",
    "cs": "Sklad jednou za měsíc kontroluje někdo, kdo jej nespravuje. Rozdíly je třeba vysvětlit do tří dnů. Tato kapitola popisuje, jak se měří vlhkost půdy.",
    "ro": "Depozitul este verificat o dată pe lună de cineva care nu îl păstrează. Acest capitol descrie cum se măsoară umiditatea solului.",
    "hu": "A raktárat havonta egyszer olyan ember ellenőrzi, aki nem kezeli. Ez a fejezet leírja, hogyan mérik a talaj nedvességét.",
    "el": "Η αποθήκη ελέγχεται μία φορά τον μήνα από κάποιον που δεν τη φυλάει.",
    "ar": "يتم فحص المستودع مرة واحدة في الشهر من قبل شخص لا يديره.",
    "th": "คลังสินค้าจะถูกตรวจสอบเดือนละครั้งโดยผู้ที่ไม่ได้ดูแล",
}


@pytest.mark.parametrize("language", TEXTS)
def test_texts_of_each_language(language: str) -> None:
    assert detect_language(TEXTS[language]) == language.partition("-")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "58.50 KB",
        "2019-03-04",
        "docx",
        "大小：2",
        "x = 1; y = 2; z = x + y",
        "1、2、3、",
        "《年报》",
    ],
)
def test_too_little_to_tell(text: str) -> None:
    assert detect_language(text) is None


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("中文", "zh"), ("简体中文", "zh-Hans"), ("繁體中文", "zh-Hant"), ("英语", "en"), ("English", "en"),
        ("ENGLISH", "en"), (" Deutsch ", "de"), ("français", "fr"), ("Español", "es"), ("Português", "pt"),
        ("Português (Brasil)", "pt-BR"), ("italiano", "it"), ("polski", "pl"), ("Русский", "ru"),
        ("українська", "uk"), ("Türkçe", "tr"), ("Tiếng Việt", "vi"), ("Bahasa Indonesia", "id"),
        ("日本語", "ja"), ("한국어", "ko"), ("zh", "zh"), ("ZH_cn", "zh-CN"), ("zh-hant-tw", "zh-Hant-TW"),
        ("en-us", "en-US"), ("eng", "en"), ("chi", "zh"), ("es-419", "es-419"), ("中文（简体）", "zh-Hans"),
    ],
)  # fmt: skip
def test_names_and_tags(text: str, tag: str) -> None:
    assert parse_language(text) == tag
    assert parse_language(tag) == tag


@pytest.mark.parametrize(
    "text",
    ["", "-", "中文/英文", "English, French", "unknown", "xx", "pdf", "doc", "en-", "a" * 500],
)
def test_what_names_no_language(text: str) -> None:
    assert parse_language(text) is None


@given(st.text())
def test_any_text(text: str) -> None:
    parse_language(text)
    detect_language(text)
