"""Invented titles and texts, in the tone of what people upload."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from crawler.demo.draws import numbers

if TYPE_CHECKING:
    from crawler.demo.draws import Draws

_PLACES: Final = (
    *("青禾镇", "云溪中学", "北岭矿区", "江畔社区", "长桥村", "西苑幼儿园", "海棠街道", "石门水库"),
    *(
        "松林供电所",
        "明湖医院",
        "远帆物流公司",
        "镕城工业园",
        "南浦小学",
        "柳湾船厂",
        "金穗合作社",
        "东台气象站",
    ),
)
_TOPICS: Final = (
    *(
        "防汛值班",
        "安全生产",
        "二次函数",
        "电磁感应",
        "古诗阅读",
        "财务报销",
        "客户回访",
        "幼儿户外活动",
    ),
    *(
        "仓库盘点",
        "消防演练",
        "垃圾分类",
        "设备点检",
        "新员工入职",
        "社区养老",
        "果树修剪",
        "桥梁检测",
    ),
    *(
        "英语完形填空",
        "化学平衡",
        "细胞分裂",
        "档案整理",
        "项目招投标",
        "节水灌溉",
        "配电线路",
        "护理查房",
    ),
    *(
        "课外阅读",
        "班级管理",
        "危化品运输",
        "质量追溯",
        "预算执行",
        "施工组织",
        "食堂卫生",
        "网络舆情",
    ),
)
_KINDS: Final = (
    *("工作总结", "实施方案", "管理制度", "教学设计", "复习提纲", "课件", "调研报告", "应急预案"),
    *(
        "操作手册",
        "会议纪要",
        "培训教材",
        "心得体会",
        "试卷及答案",
        "可行性研究报告",
        "验收标准",
        "合同范本",
    ),
)
_FRAMES: Final = (
    "{topic}{kind}",
    "{place}{topic}{kind}",
    "{place}{year}年{topic}{kind}",
    "{year}年度{topic}{kind}（修订稿）",
    "学习《{topic}规范》{kind}",
    "《{topic}》{kind}",
    "{number}.{place}{topic}{kind}",
    "{topic}系统{kind}V2.0",
    "{topic}与R&D投入{kind}",
    "CAD/CAM在{topic}中的应用{kind}",
    "{place}{topic}{kind}(共{number}页)",
    "{place}{topic}{kind} 第2版",
)

_WHO: Final = (
    *(
        "各村民小组",
        "项目办公室",
        "教研组全体老师",
        "值班人员",
        "车间班组",
        "后勤部门",
        "调查小组",
        "技术骨干",
    ),
    *(
        "年轻教师",
        "监理单位",
        "志愿者队伍",
        "财务科",
        "施工班组",
        "质量管理员",
        "镕城分公司",
        "家长委员会",
    ),
)
_HOW: Final = (
    *(
        "在充分调研的基础上",
        "按照年初的安排",
        "结合本地实际情况",
        "对照问题清单",
        "利用周末和晚上的时间",
    ),
    *("经过多次讨论", "借助PowerPoint和表格", "根据上级的要求", "在大家的支持下", "通过逐项核对"),
    *(
        "围绕既定目标",
        "以案例为抓手",
        "分三个阶段",
        "本着节约的原则",
        "参照R&D部门的做法",
        "坚持问题导向",
    ),
)
_DID: Final = (
    *("完善了值班和交接记录。", "补齐了近两年的台账,做到账实相符。", "组织了一次全流程的演练。"),
    *("把责任落实到每一个岗位,", "整理出十二条可以推广的经验。", "形成了比较稳定的工作机制,"),
    *("对薄弱环节进行了重点检查;", "更新了培训材料和考核办法。", "解决了长期存在的排水难题。"),
    *(
        "向服务对象发放了问卷并作了回访,",
        "提出了下一步的改进措施。",
        "使平均用时缩短到15分钟以内。",
    ),
    *(
        "绘制了流程图,张贴在显眼的位置。",
        "统一了数据口径(误差<3%)。",
        "请有经验的同志作了示范讲解,",
    ),
    *("为明年的预算编制提供了依据。",),
)
_SENTENCES: Final = tuple(map("".join, product(_WHO, _HOW, _DID)))

_DECOYS: Final = (
    "附件大小:3MB,请提前下载。",
    "（大小：12.50 KB 页数：99页 时间：2001-02-03）",
    "会议时间:2016-05-12,地点另行通知。",
    "登记表见资源ID:1000007,资源大小:9.9MB,全文页数:77页。",
    "本文档共5页,第1页,共111页。",
    "页数:0页的空白件一律退回。",
    "资源格式: TXT 下载积分:1金币,仅作格式示例。",
    "日志文件655,628 Byte,保存至2031-12-31。",
)
"""Sentences that look like a page's own fields and are the document's text."""

_DECOY_BELOW: Final = 65_536 // 8
_SHORTEST: Final = min(map(len, (*_SENTENCES, *_DECOYS)))


def title(draws: Draws) -> str:
    """Return a title without an extension."""
    return draws.one_of(_FRAMES).format(
        place=draws.one_of(_PLACES),
        topic=draws.one_of(_TOPICS),
        kind=draws.one_of(_KINDS),
        year=draws.between(2006, 2023),
        number=draws.between(2, 980),
    )


def sentences(count: int, *key: object) -> list[str]:
    """Return *count* sentences, about one in eight of which looks like a page's own fields."""
    decoys = len(_DECOYS)
    return [
        _DECOYS[number % decoys] if number < _DECOY_BELOW else _SENTENCES[number % len(_SENTENCES)]
        for number in numbers(count, *key)
    ]


def run(length: int, *key: object) -> str:
    """Return a text of *length* characters without a line break, cut wherever it ends."""
    return "".join(sentences(length // _SHORTEST + 1, *key))[:length].rstrip()


def paragraphs(count: int, *key: object) -> list[str]:
    """Return *count* paragraphs, each of one to three sentences."""
    texts = sentences(3 * count, *key)
    return ["".join(texts[3 * at : 3 * at + 1 + at % 3]) for at in range(count)]
