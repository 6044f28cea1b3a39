"""What the catalogue says of each data set: the fields of the government data catalogue."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class DataSetEntry:
    """One data set; its files are /open-data/<name>.csv and .json."""

    name: str
    title: Promise
    objective: Promise
    description: Promise
    tags: Promise
    category: Promise


_PLAN = _("แผนและยุทธศาสตร์")

DATA_SETS = (
    DataSetEntry(
        "kpis",
        _("ผลตัวชี้วัดของจังหวัดและหน่วยงาน"),
        _("ให้ติดตามผลตามแผนพัฒนาจังหวัดได้ด้วยตนเอง"),
        _("เป้าหมาย ผลรายไตรมาส ผลสะสม ร้อยละของเป้าหมาย คะแนน และสถานะ จากรายงานที่เผยแพร่แล้ว"),
        _("ตัวชี้วัด, แผนพัฒนาจังหวัด, เป้าหมาย"),
        _PLAN,
    ),
    DataSetEntry(
        "projects",
        _("ความก้าวหน้าโครงการ"),
        _("ให้เห็นว่าโครงการใดตามแผนหรือล่าช้า"),
        _("ความก้าวหน้าทางกายภาพ แผน เวลาที่ผ่านไป และการเบิกจ่ายของโครงการ ณ สิ้นไตรมาส"),
        _("โครงการ, ความก้าวหน้า, งบประมาณ"),
        _PLAN,
    ),
    DataSetEntry(
        "budget",
        _("งบประมาณและการเบิกจ่ายตามแหล่งเงิน"),
        _("ให้ตรวจสอบการใช้จ่ายเงินของจังหวัดได้"),
        _("วงเงินหลังโอน จัดสรร ก่อหนี้ผูกพัน และเบิกจ่าย แยกแหล่งเงินและประเภทรายจ่าย หน่วยเป็นบาท"),
        _("งบประมาณ, เบิกจ่าย, ก่อหนี้ผูกพัน"),
        _("การเงินการคลัง"),
    ),
    DataSetEntry(
        "scores",
        _("คะแนนของจังหวัด ประเด็นการพัฒนา และหน่วยงาน"),
        _("ให้เปรียบเทียบผลงานข้ามไตรมาสได้"),
        _("คะแนนถ่วงน้ำหนักพร้อมความครอบคลุมของข้อมูล ณ สิ้นไตรมาส"),
        _("คะแนน, ผลการปฏิบัติราชการ"),
        _PLAN,
    ),
)
