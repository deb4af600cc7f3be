"""What people write when they report a problem, composed of phrases.

Some words are in every tenth text, some in one of a hundred thousand.
"""

from random import Random

PLACES = (
    "楼道口", "单元门前", "东门外", "西门旁", "车棚里", "菜市场口", "小学门口", "公交站旁",
    "幼儿园对面", "地下室入口", "花坛边", "健身广场", "配电室旁", "三岔路口", "桥洞下", "工地围挡外",
    "物业办公室前", "便民超市旁", "楼顶平台", "院墙根",
)  # fmt: skip
THINGS = (
    "生活垃圾", "建筑垃圾", "装修垃圾", "共享单车", "电动车", "僵尸车", "下水道", "污水井盖", "路灯",
    "消防通道", "消防栓", "灭火器", "广告牌", "小广告", "水表井", "阀门井", "路面砖", "绿化带",
    "枯树枝", "晾衣杆", "烧烤摊", "流动摊点", "水果摊", "油烟机", "施工噪声", "广场音响", "供水管道",
    "暖气管道", "燃气表箱", "电线", "宠物犬", "楼道杂物", "旧家具", "防盗门", "单元门禁", "监控探头",
    "垃圾箱", "公厕", "围墙", "铁皮棚",
)  # fmt: skip
STATES = (
    "堆放多日无人清理", "破损严重", "堵塞外溢", "已经丢失", "占用人行道", "影响居民通行", "夜间扰民",
    "长期不亮", "漏水不止", "倾斜有倒塌危险", "散发异味", "私拉乱接", "被人为毁坏", "超出店面经营",
    "积水很深", "没有人管理", "反复出现", "存在安全隐患", "被车辆压坏", "锈蚀脱落",
)  # fmt: skip
WISHES = (
    "请尽快处理。", "希望派人查看。", "居民多次反映。", "已现场拍照。", "请城管部门协调。",
    "建议设置警示牌。", "老人小孩经过不方便。", "请物业配合。", "已劝导一次。", "需要联合执法。",
    "请市政维修。", "望回复。",
)  # fmt: skip

# in one text out of so many, whatever the number of texts
RARE = {"发现马蜂窝。": 20_000, "疑似电信诈骗。": 5_000, "有蝙蝠出没。": 50_000, "捡到婚戒一枚。": 100_000}

FREQUENT_TERM, COMMON_TERM, RARE_TERM, MISSING_TERM, LONG_TERM = "垃圾", "路灯", "蝙蝠", "鲸鱼", "消防通道"
LETTER = "井"  # a single character has no pair and no index


class Composer:
    """Texts one after the other; the same seed, the same texts."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.said = 0

    def text(self) -> str:
        choice = self.rng.choice
        text = f"{choice(THINGS)}{choice(STATES)}，{choice(WISHES)}"
        if self.rng.random() < 0.3:
            text += f"另有{choice(THINGS)}{choice(STATES)}。"
        self.said += 1
        for rare, every in RARE.items():
            if self.said % every == every // 2:
                text += rare
        return text

    def place(self) -> str:
        return self.rng.choice(PLACES)
