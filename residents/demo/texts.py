"""What is written down in the demo: findings, teams, activities, what is handed out for points."""

from dataclasses import dataclass
from datetime import timedelta

from ..enums import ActivityKind, CheckItem, Skill

# item                      what is found when it is not in order
FINDINGS = {
    CheckItem.EXITS:         "疏散通道堆放纸箱杂物，须清理干净",
    CheckItem.EXTINGUISHERS: "灭火器压力不足，须更换",
    CheckItem.WIRING:        "插线板串接使用，部分电线裸露，须穿管固定",
    CheckItem.CHARGING:      "室内给电动自行车充电，已劝导推出",
    CheckItem.SLEEPING:      "经营场所隔间住人，须搬离",
    CheckItem.GAS:           "燃气软管老化，未装报警器，须更换、加装",
    CheckItem.HYGIENE:       "卫生许可证未在明显处公示",
    CheckItem.FOOD:          "货架上有过期食品，已要求下架",
    CheckItem.LODGERS:       "两间客房的住宿人员未登记",
    CheckItem.GUESTS:        "出入口无人值守，人多时未限流",
    CheckItem.HAZARDS:       "易燃品与其他物品混放，未建台账",
    CheckItem.MACHINES:      "切割设备缺防护罩，工人未戴护目镜",
    CheckItem.CARE:          "接送时段大门无人值守，接送卡未核对",
    CheckItem.WASTE:         "医疗废物未分类存放，交接记录不全",
}  # fmt: skip


@dataclass(frozen=True)
class TeamWords:
    """A team as communities have them."""

    name: str
    purpose: str
    kind: ActivityKind


TEAMS = (
    TeamWords("红袖章巡逻队", "早晚在楼院里走一圈，看门、看灯、看消防通道", ActivityKind.PATROL),
    TeamWords("银龄助老队", "低龄老人帮高龄老人：上门看望、陪诊、代买", ActivityKind.ELDERS),
    TeamWords("清洁家园队", "清理楼道杂物和小广告，打理花坛绿地", ActivityKind.CLEANING),
    TeamWords("和事佬调解队", "邻里之间的小矛盾，当面说开", ActivityKind.MEDIATION),
    TeamWords("连心宣传队", "防诈骗、防火、垃圾分类，逐户讲到", ActivityKind.PUBLICITY),
    TeamWords("巧手维修队", "修小家电、换灯泡、磨刀配钥匙", ActivityKind.OTHER),
)
NEIGHBOURS = TeamWords("邻里守望队", "看好自己的楼院，照应身边的老人", ActivityKind.PATROL)

OUTSIDE, INSIDE, FROM_DOOR = "文化广场", "党群活动室", "各楼院"


@dataclass(frozen=True)
class ActivityWords:
    """What volunteers come together for, at which time of day, and for how many hours."""

    kind: ActivityKind
    title: str
    text: str
    where: str
    begins: tuple[int, int]
    hours: float

    @property
    def lasts(self) -> timedelta:
        return timedelta(hours=self.hours)

    @property
    def is_after_work(self) -> bool:
        return self.begins[0] >= 17


ACTIVITIES = (
    ActivityWords(ActivityKind.PATROL, "夜间平安巡逻", "分两组绕楼院走一圈，看路灯、门禁和消防通道。",
                  FROM_DOOR, (19, 30), 1.5),
    ActivityWords(ActivityKind.PATROL, "消防通道联合巡查", "清点占用消防通道的车辆和杂物，当场劝导挪走。",
                  FROM_DOOR, (9, 0), 2),
    ActivityWords(ActivityKind.CLEANING, "楼道清洁日", "清理楼道杂物、小广告和扶手灰尘，请自带手套。",
                  FROM_DOOR, (8, 30), 2.5),
    ActivityWords(ActivityKind.CLEANING, "花坛绿地清理", "捡拾绿化带垃圾，修剪花坛。", OUTSIDE, (8, 30), 2),
    ActivityWords(ActivityKind.ELDERS, "为老人理发、量血压", "请六十岁以上老人来，理发、量血压都不收费。",
                  INSIDE, (9, 0), 2.5),
    ActivityWords(ActivityKind.ELDERS, "陪独居老人说说话", "两人一组上门，问问身体，顺便检查燃气和用电。",
                  FROM_DOOR, (15, 0), 2),
    ActivityWords(ActivityKind.PUBLICITY, "反诈宣传进楼院", "讲常见骗术，帮老人装好反诈软件。", OUTSIDE, (18, 30), 1.5),
    ActivityWords(ActivityKind.PUBLICITY, "垃圾分类入户宣传", "逐户发放分类指南，回答怎么分、往哪儿扔。",
                  FROM_DOOR, (18, 0), 2),
    ActivityWords(ActivityKind.MEDIATION, "楼院议事会", "请住户一起商量停车和晾晒的地方。", INSIDE, (19, 0), 2),
    ActivityWords(ActivityKind.OTHER, "便民维修日", "修小家电、换水龙头、磨刀，材料自备。", OUTSIDE, (9, 0), 3),
    ActivityWords(ActivityKind.OTHER, "旧书换绿植", "三本旧书换一盆绿植，旧书送社区书屋。", OUTSIDE, (9, 30), 2),
)  # fmt: skip

# of a volunteer      how often
SKILLS = (
    (Skill.MEDICINE,   10),
    (Skill.LAW,         4),
    (Skill.TEACHING,   12),
    (Skill.REPAIR,     16),
    (Skill.MEDIATION,  18),
    (Skill.ARTS,       16),
    (Skill.SIGNING,     2),
    (Skill.RESCUE,      8),
)  # fmt: skip
NOTES = ("", "", "", "", "周末有空", "晚上七点以后有空", "会开车", "白天都有空")

# item                    points  pieces
OF_DISTRICT = (
    ("抽纸一包",               4,  400),
    ("洗洁精一瓶",             8,  300),
    ("雨伞一把",              12,  150),
    ("食用油一瓶（900毫升）", 20,  120),
)  # fmt: skip
OF_COMMUNITY = (
    ("抽纸一包",               4,   60),
    ("理发一次",               6,   40),
    ("洗衣液一瓶",            10,   40),
    ("大米一袋（5公斤）",     18,   20),
)  # fmt: skip
