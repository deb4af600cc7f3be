"""Invented names: common surnames, common characters, and never somebody whom the articles name."""

from itertools import accumulate
from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱郭何高林郑谢韩唐冯董程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易常武乔贺赖龚文"
)
FIRST = "建国文明志海春秀玉晓红丽桂淑永德振宏俊立新向兴少云雪海静思雅清荣福长庆世克成景宝素爱艳会凤"
SECOND = "华军平伟强芳敏霞英兰梅娟杰涛超勇刚峰磊鹏辉斌浩宇婷颖琳慧娜萍莉燕蕾洁玲生林山河民安义礼信芬云瑞祥"
# People whom the articles name: the demo must not have their namesakes.
DENYLIST = frozenset(
    {"司建秋", "梅梅", "胡家显", "叶柏林", "关恩芝", "金自芳", "王海军", "李建国", "张海迪", "焦裕禄"}
)

OF_WOMEN = frozenset("秀玉红丽桂淑雪静雅素爱艳凤芳敏霞英兰梅娟婷颖琳慧娜萍莉燕蕾洁玲芬")
OF_MEN = frozenset("建国志振宏俊立向克军伟强涛超勇刚峰磊鹏辉斌浩山河义礼")

# One in fifteen is called by the first surname, one in two hundred by the last.
SHARES = tuple(accumulate(1 / (place + 8) for place in range(len(SURNAMES))))


def invented(rng: Random) -> str:
    """A name of two or three characters, as likely a man's as a woman's."""
    while True:
        second = rng.choice(SECOND) if rng.random() < 0.8 else ""
        name = rng.choice(SURNAMES) + rng.choice(FIRST) + second
        if name not in DENYLIST:
            return name


def surname(rng: Random) -> str:
    """A surname as often as it is met."""
    return rng.choices(SURNAMES, cum_weights=SHARES)[0]


def of_family(rng: Random, family: str, is_woman: bool) -> str:
    """A name in a family, of characters that fit."""
    others = OF_MEN if is_woman else OF_WOMEN
    while True:
        second = rng.choice(SECOND) if rng.random() < 0.85 else ""
        given = rng.choice(FIRST) + second
        if not others.intersection(given) and family + given not in DENYLIST:
            return family + given
