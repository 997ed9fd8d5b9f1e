"""The words of pages that are no documents: one table, kind by language.

``TITLES`` are what such a page has for its title or its heading, a word or two beside it;
``SENTENCES`` are found within a sentence of a page that says little else.
"""

# ruff: noqa: E501, RUF001 - a row a language, in its own letters

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_THING: Final = (
    r"(?:文档|文件|资源|资料|内容|页面|网页|文章|链接|文檔|檔案|資源|資料|內容|頁面|網頁|連結)"
)
_TAKEN: Final = r"(?:删除|下架|屏蔽|移除|冻结|隐藏|封禁|刪除|屏蔽|凍結|隱藏)"

TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "captcha": {
        "zh": r"安全验证|人机验证|验证码|滑动验证|身份验证|访问验证|安全检[查测]|访问(?:过于)?频繁|访问受限|"
        r"拒绝访问|安全驗證|人機驗證|存取遭拒",
        "en": r"just a moment|attention required|captcha|access (?:to this page has been )?denied|"
        r"security (?:check|verification)|are you (?:a )?(?:human|robot)|robot check|"
        r"human verification|bot verification|ddos protection|one more step|verify(?:ing)? you are human|"
        r"too many requests|pardon our interruption",
        "de": r"sicherheits(?:überprüfung|prüfung|abfrage)|zugriff verweigert|nur einen moment|"
        r"einen moment,? bitte",
        "fr": r"vérification de sécurité|accès refusé|un instant|contrôle de sécurité",
        "es": r"verificación de seguridad|acceso denegado|un momento|control de seguridad",
        "pt": r"verificação de segurança|acesso negado|um momento|só um momento",
        "it": r"verifica di sicurezza|accesso negato|un momento|controllo di sicurezza",
        "pl": r"weryfikacja bezpieczeństwa|odmowa dostępu|dostęp zabroniony|chwileczkę",
        "ru": r"проверка безопасности|доступ (?:запрещ[её]н|ограничен)|вы не робот|один момент|"
        r"подтвердите, что (?:вы не робот|запросы)",
        "uk": r"перевірка безпеки|доступ (?:заборонено|обмежено)|ви не робот|зачекайте",
        "tr": r"güvenlik (?:kontrolü|doğrulaması)|erişim (?:engellendi|reddedildi)|bir dakika lütfen",
        "vi": r"xác minh bảo mật|kiểm tra bảo mật|truy cập bị từ chối|chờ một chút",
        "id": r"verifikasi keamanan|pemeriksaan keamanan|akses ditolak|tunggu sebentar",
        "ja": r"セキュリティ(?:チェック|確認)|アクセスが拒否されました|しばらくお待ちください",
        "ko": r"보안 (?:확인|검사)|접근이? ?(?:거부|차단)|잠시만 기다리",
    },
    "deleted": {
        "zh": rf"{_THING}.{{0,6}}(?:不存在|已?被?{_TAKEN}|已?失效|找不到|未找到)|已删除|已下架|已刪除",
        "en": r"(?:document|file|content|item|presentation) (?:has been |was |is )?(?:deleted|removed|"
        r"(?:no longer|not) available|unavailable|not found|does not exist)|content removed",
        "de": r"(?:dokument|datei) (?:wurde )?(?:nicht (?:mehr )?(?:gefunden|verfügbar|vorhanden)|"
        r"gelöscht|entfernt)",
        "fr": r"(?:document|fichier) (?:n'est plus disponible|introuvable|supprimée?|indisponible|"
        r"non trouvée?|retirée?)",
        "es": r"(?:documento|archivo) (?:no (?:encontrad[oa]|disponible|existe)|eliminad[oa]|"
        r"retirad[oa])",
        "pt": r"(?:documento|arquivo|ficheiro) (?:não (?:encontrad[oa]|disponível|existe)|"
        r"removid[oa]|excluíd[oa]|eliminad[oa])",
        "it": r"(?:documento|file) (?:non (?:trovat[oa]|disponibile|esiste)|rimoss[oa]|eliminat[oa]|"
        r"cancellat[oa])",
        "pl": r"(?:dokument|plik|dokumentu|pliku) ?(?:nie (?:istnieje|znaleziono)|"
        r"(?:został )?usunięt[yao]|niedostępn[yae])",
        "ru": r"(?:документ|файл) (?:не найдена?|был[ао]? удал[её]н[ао]?|удал[её]н[ао]?|недоступ\w+)",
        "uk": r"(?:документ|файл) (?:не знайдено|видалено|недоступн\w+)",
        "tr": r"(?:belge|dosya|doküman) (?:bulunamadı|silin(?:di|miş)|kaldırıl(?:dı|mış)|mevcut değil)",
        "vi": r"(?:tài liệu|tệp|file) ?(?:này)? (?:không (?:tồn tại|tìm thấy)|đã bị (?:xóa|xoá|gỡ))|"
        r"không tìm thấy tài liệu",
        "id": r"(?:dokumen|berkas|file) (?:tidak (?:ditemukan|tersedia|ada)|(?:telah )?dihapus)",
        "ja": r"(?:文書|資料|ファイル|ドキュメント)[はが](?:見つかりません|存在しません|削除され)",
        "ko": r"(?:문서|파일|자료)[를을이가는은]? ?(?:찾을 수 없|삭제되|존재하지 않)",
    },
    "login": {
        "zh": r"登[录陆]|请先登|用户登[录陆]|會員登入|登入",
        "en": r"\b(?:log|sign) ?in\b|login required|sign up",
        "de": r"anmelden|einloggen|anmeldung|login",
        "fr": r"connexion|se connecter|s'identifier",
        "es": r"iniciar sesión|inicio de sesión|acceder",
        "pt": r"iniciar sessão|fazer login|entrar",
        "it": r"accedi|effettua (?:il login|l'accesso)",
        "pl": r"zaloguj(?: się)?|logowanie",
        "ru": r"вход(?: на сайт| в систему)?|авторизация|войти",
        "uk": r"вхід|авторизація|увійти",
        "tr": r"giriş yap|oturum aç|üye girişi",
        "vi": r"đăng nhập",
        "id": r"masuk(?: ke akun)?",
        "ja": r"ログイン|サインイン",
        "ko": r"로그인",
    },
    "error": {
        "zh": r"出错|错误|系统繁忙|维护|維護|錯誤|系統繁忙",
        "en": r"^(?:http\s)?(?:error\s)?(?:40[0-9]|50[0-9])(?:\s|$)|not found|server error|bad gateway|"
        r"service (?:temporarily )?unavailable|(?:under|site) maintenance|page error|oops",
        "de": r"seite nicht gefunden|serverfehler|wartung(?:sarbeiten)?|fehler",
        "fr": r"page (?:introuvable|non trouvée)|erreur(?: du)? serveur|erreur|maintenance",
        "es": r"página no encontrada|error(?: del)? servidor|error|mantenimiento",
        "pt": r"página não encontrada|erro(?: do)? servidor|erro|manutenção",
        "it": r"pagina non trovata|errore(?: del)? server|errore|manutenzione",
        "pl": r"nie znaleziono strony|błąd(?: serwera)?|przerwa techniczna",
        "ru": r"страница не найдена|ошибка(?: сервера)?|технические работы",
        "uk": r"сторінку не знайдено|помилка(?: сервера)?|технічні роботи",
        "tr": r"sayfa bulunamadı|sunucu hatası|hata|bakım",
        "vi": r"không tìm thấy trang|lỗi(?: máy chủ)?|bảo trì",
        "id": r"halaman tidak ditemukan|kesalahan(?: server)?|pemeliharaan",
        "ja": r"ページが見つかりません|エラー|メンテナンス(?:中)?",
        "ko": r"페이지를 찾을 수 없습니다|오류|점검 ?중",
    },
    "search": {
        "zh": r"(?:的)?搜索结果|站内搜索|搜尋結果|没有找到(?:相关)?(?:文档|结果)",
        "en": r"search results?|results for|no results(?: found)?",
        "de": r"suchergebnisse?|keine ergebnisse",
        "fr": r"résultats? (?:de (?:la )?recherche|pour)|aucun résultat",
        "es": r"resultados? (?:de (?:la )?búsqueda|para)|sin resultados",
        "pt": r"resultados? (?:da (?:pesquisa|busca)|para)|nenhum resultado",
        "it": r"risultati (?:della ricerca|per)|nessun risultato",
        "pl": r"wyniki wyszukiwania|brak wyników",
        "ru": r"результаты поиска|ничего не найдено",
        "uk": r"результати пошуку|нічого не знайдено",
        "tr": r"arama sonuçları|sonuç bulunamadı",
        "vi": r"kết quả tìm kiếm",
        "id": r"hasil pencarian",
        "ja": r"検索結果",
        "ko": r"검색 ?결과",
    },
}

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "captcha": {
        "zh": r"安全验证|人机验证|完成.{0,4}验证|通过验证|进行验证|滑动(?:下方|滑块|拼图)|拖动(?:下方)?滑块|"
        r"输入(?:图中|图片|下图|右图|上图)?.{0,6}验证码|访问(?:过于|太过?|异常)频繁|请求(?:过于|太)频繁|"
        r"操作(?:过于|太)频繁|异常(?:流量|访问|请求)|IP.{0,6}(?:被|已|受)(?:限制|封|禁)|不是机器人|"
        r"浏览器.{0,8}(?:安全检查|验证中)|正在(?:检查|验证).{0,8}浏览器|开启\s?javascript|安全驗證|人機驗證|"
        r"機器人",
        "en": r"checking (?:if the site connection is secure|your browser)|"
        r"verify (?:that )?you(?:'re| are) (?:a )?(?:human|not a robot)|unusual traffic|not a robot|"
        r"enable javascript and cookies|captcha|needs to review the security|too many requests|"
        r"you have been blocked|automated (?:access|requests|queries)|complete the security check",
        "de": r"kein roboter|ungewöhnlichen (?:daten)?verkehr|zu viele anfragen|sicherheitsprüfung|"
        r"(?:ein|ihr) mensch sind",
        "fr": r"pas un robot|trafic inhabituel|trop de requêtes|êtes (?:bien )?un humain",
        "es": r"no (?:es|soy|eres) un robot|tráfico inusual|demasiadas solicitudes|es (?:usted )?humano",
        "pt": r"não (?:é|sou) um robô|tráfego incomum|muitas solicitações|demasiados pedidos|é humano",
        "it": r"non (?:sei|sono) un robot|traffico insolito|troppe richieste|sei (?:un )?uman[oa]",
        "pl": r"nie jest(?:eś|em) robotem|nietypowy ruch|zbyt wiele żądań|jesteś człowiekiem",
        "ru": r"не робот|подозрительн\w+ (?:трафик|запрос\w*)|слишком много запросов|доступ .{0,20}ограничен",
        "uk": r"не робот|підозріл\w+ трафік|забагато запитів|надто багато запитів",
        "tr": r"robot olmadığınızı|olağan ?dışı trafik|çok fazla istek|insan olduğunuzu",
        "vi": r"không phải (?:là )?(?:người máy|robot)|lưu lượng bất thường|quá nhiều yêu cầu",
        "id": r"bukan robot|lalu lintas (?:yang )?tidak (?:biasa|wajar)|terlalu banyak permintaan",
        "ja": r"ロボットではありません|ロボットでないこと|通常と異なるトラフィック|アクセスが集中|リクエストが多すぎ",
        "ko": r"로봇이 아닙|로봇이 아님|비정상적인 (?:트래픽|접근)|요청이 너무 많",
    },
    "deleted": {
        "zh": rf"{_THING}.{{0,12}}(?:已经?被?.{{0,8}}|被.{{0,8}}){_TAKEN}|{_THING}.{{0,12}}(?:不存在|已经?失效|"
        rf"不可用|不见了|找不到|(?:正在)?审核(?:中|未通过)|正在審核)|(?:已|被){_TAKEN}.{{0,10}}{_THING}|"
        rf"{_THING}.{{0,8}}(?:违规|侵权|設為私密|设为私密|不公开)",
        "en": r"(?:document|page|file|presentation|content|item|upload).{0,30}"
        r"(?:(?:been|was|were|is) (?:deleted|removed|taken down|withdrawn|disabled|suspended)|"
        r"no longer (?:available|exists?)|does(?: not|n't) exist|is (?:not available|unavailable|private))",
        "de": r"(?:dokument|seite|datei|präsentation).{0,40}(?:gelöscht|entfernt|nicht (?:mehr )?"
        r"(?:verfügbar|vorhanden|gefunden)|existiert nicht|gesperrt)",
        "fr": r"(?:document|page|fichier|présentation).{0,40}(?:été (?:supprimée?|retirée?|effacée?)|"
        r"n'existe (?:pas|plus)|n'est (?:pas|plus) disponible|introuvable)",
        "es": r"(?:documento|página|archivo|presentación).{0,40}(?:sido (?:eliminad|borrad|retirad)[oa]|"
        r"no existe|ya no (?:existe|está disponible)|no (?:está disponible|se (?:ha encontrado|encuentra|"
        r"encontró)))",
        "pt": r"(?:documento|página|arquivo|ficheiro|apresentação).{0,40}(?:foi (?:removid|excluíd|eliminad|"
        r"apagad)[oa]|não (?:existe|está (?:mais )?disponível|foi encontrad[oa]))",
        "it": r"(?:documento|pagina|file|presentazione).{0,40}(?:stat[oa] (?:rimoss|eliminat|cancellat)[oa]|"
        r"non (?:esiste|è (?:più )?disponibile|è stat[oa] trovat[oa]))",
        "pl": r"(?:dokument|strona|plik|prezentacja).{0,40}(?:został[ao]? (?:usunięt|skasowan|zablokowan)[yao]|"
        r"nie (?:istnieje|jest (?:już )?dostępn[yae]|został[ao]? znalezion[yao]))",
        "ru": r"(?:документ|страниц|файл|презентаци).{0,40}(?:удал[её]н|не (?:существует|найден)|"
        r"(?:больше )?недоступ|заблокирован)",
        "uk": r"(?:документ|сторінк|файл|презентаці).{0,40}(?:видален|не (?:існує|знайден)|недоступн|"
        r"заблокован)",
        "tr": r"(?:belge|sayfa|dosya|doküman|sunum).{0,40}(?:silin(?:di|miştir|miş)|kaldırıl(?:dı|mıştır|mış)|"
        r"bulunamadı|mevcut değil|artık yok)",
        "vi": r"(?:tài liệu|trang|tệp|bài thuyết trình).{0,30}(?:đã bị (?:xóa|xoá|gỡ)|không (?:còn )?tồn tại|"
        r"không (?:còn )?khả dụng|không tìm thấy)",
        "id": r"(?:dokumen|halaman|berkas|presentasi).{0,40}(?:telah dihapus|sudah dihapus|tidak (?:ada|"
        r"ditemukan|tersedia|lagi tersedia))",
        "ja": r"(?:文書|資料|ページ|ファイル|ドキュメント|スライド).{0,20}(?:削除され|存在しません|見つかりません|"
        r"公開されていません|非公開)",
        "ko": r"(?:문서|페이지|파일|자료|슬라이드).{0,20}(?:삭제되|존재하지 않|찾을 수 없|비공개)",
    },
    "login": {
        "zh": r"(?:请|需要?|您(?:还|尚)?[没未]).{0,6}登[录陆]|登[录陆]后.{0,8}(?:查看|阅读|浏览|访问|继续)|"
        r"請先登入|登入後",
        "en": r"(?:please|must|need to|have to) (?:log|sign) ?in|(?:log|sign) ?in to (?:continue|view|read|"
        r"access|see)|members only",
        "de": r"(?:bitte|müssen sie sich).{0,12}(?:anmelden|einloggen|melden sie sich)|nur für mitglieder",
        "fr": r"(?:veuillez|devez).{0,8}(?:vous connecter|vous identifier)|connectez-vous pour",
        "es": r"(?:debe|por favor,?|tienes que).{0,8}inici(?:ar|e|a) sesión|inicia sesión para",
        "pt": r"(?:deve|precisa|por favor,?).{0,10}(?:iniciar sessão|fazer login|faça login)|"
        r"(?:faça login|entre) para (?:continuar|ver)",
        "it": r"(?:devi|per favore|è necessario).{0,12}(?:accedere|effettuare (?:il login|l'accesso))|"
        r"accedi per (?:continuare|vedere|leggere)",
        "pl": r"(?:musisz|proszę) się zalogować|zaloguj się,? aby",
        "ru": r"(?:необходимо|нужно|пожалуйста,?).{0,12}(?:войти|войдите|авторизова)|войдите,? чтобы",
        "uk": r"(?:необхідно|потрібно|будь ласка,?).{0,12}(?:увійти|увійдіть|авторизува)|увійдіть,? щоб",
        "tr": r"lütfen (?:giriş yap|oturum aç)|(?:görmek|devam etmek|okumak) için.{0,16}(?:giriş|oturum)",
        "vi": r"(?:vui lòng|cần|phải) đăng nhập|đăng nhập để",
        "id": r"(?:silakan|harus|perlu) (?:masuk|login)|(?:masuk|login) untuk (?:melanjutkan|melihat)",
        "ja": r"ログイン(?:してください|が必要|後に)",
        "ko": r"로그인(?:이 필요|해 ?주세요|하세요|후)",
    },
    "error": {
        "zh": r"(?:页面|网页|服务器).{0,6}(?:出错|错误|不存在|找不到|走丢)|系统(?:繁忙|维护|错误)|(?:正在|网站)维护|"
        r"(?:頁面|伺服器).{0,6}(?:錯誤|不存在)|系統(?:繁忙|維護|錯誤)",
        "en": r"(?<![\d.])404(?![\d.]|\s?[KMG]?B)|not found|internal server error|bad gateway|"
        r"service unavailable|something went wrong|(?:under|scheduled|down for) maintenance",
        "de": r"seite (?:wurde )?nicht gefunden|interner serverfehler|wartungsarbeiten|etwas ist schiefgelaufen",
        "fr": r"page introuvable|erreur interne|en (?:cours de )?maintenance|une erreur (?:est survenue|s'est)",
        "es": r"página no encontrada|error interno|en mantenimiento|algo salió mal",
        "pt": r"página não encontrada|erro interno|em manutenção|algo deu errado",
        "it": r"pagina non trovata|errore interno|in manutenzione|qualcosa è andato storto",
        "pl": r"nie znaleziono strony|strony nie znaleziono|wewnętrzny błąd|przerwa techniczna|coś poszło nie",
        "ru": r"страница не найдена|внутренняя ошибка|технически\w+ работ|что-то пошло не так",
        "uk": r"сторінку не знайдено|внутрішня помилка|технічн\w+ робот|щось пішло не так",
        "tr": r"sayfa bulunamadı|sunucu hatası|bakım(?:da| çalışması)|bir (?:şeyler|hata)",
        "vi": r"không tìm thấy trang|lỗi máy chủ|đang bảo trì|đã xảy ra lỗi",
        "id": r"halaman tidak ditemukan|kesalahan server|dalam pemeliharaan|terjadi kesalahan",
        "ja": r"ページが見つかりません|サーバーエラー|メンテナンス中|エラーが発生",
        "ko": r"페이지를 찾을 수 없|서버 오류|점검 중|오류가 발생",
    },
}

CONDITIONS: Final = re.compile(
    r"如果|如有|如您|若|一经|请(?:您)?(?:及时|立即|联系|告知)|立即|侵权投诉|\bif\b|\bclaim\b|\bfalls\b|"
    r"\bwenn\b|\bsi\b|\bse\b|\bjeśli\b|\bесли\b|\bякщо\b|\beğer\b|\bnếu\b|\bjika\b|場合|경우",
    re.IGNORECASE,
)
"""A sentence with one of these says what is done if something is, not what has been done."""

CHALLENGES: Final = (
    "_cf_chl_opt", "/cdn-cgi/challenge-platform", "cf-browser-verification", "cf_chl_",
    "__jsl_clearance", "acw_sc__v2", "aliyun_waf", "waf_nc", "aliyunCaptcha", "TencentCaptcha",
    "turing.captcha", "geetest", "initGeetest", "g-recaptcha", "h-captcha", "hcaptcha.com",
    "px-captcha", "_pxAppId", "_Incapsula_Resource", "incapsula", "sucuri_cloudproxy", "awsWafCookie",
    "awswaf", "datadome", "captcha-delivery", "distil_r_captcha", "yunsuo_session", "__ddg", "ddos-guard",
    "security_session_verify", "wzws_cid", "FSSBBIl1UgzbN7N", "$_ts=", "antibot", "anti-bot",
)  # fmt: skip
"""What the scripts of challenges are known by: they stand on good pages too, but beside a text."""


def pattern(words: Mapping[str, str]) -> re.Pattern[str]:
    """Return the pattern that finds the words of any language."""
    return re.compile("|".join(words.values()), re.IGNORECASE)
