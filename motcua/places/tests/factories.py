"""Places for tests: a small pack on disk, and single rows."""

import csv
import io
from datetime import date, time
from pathlib import Path
from typing import Any

from motcua.kernel.text import fold, sort_key
from motcua.places.models import Agency, Centre, OfficeHours, Unit

SINCE = date(2025, 7, 1)

FILES: dict[str, str] = {
    "places/office_hours.csv": """key,weekday,opens,closes
standard,1,07:30,11:30
standard,1,13:00,17:00
standard,2,07:30,11:30
""",
    "places/calendar.csv": """date,kind,note,legal_basis,verified,paired_date
2026-09-02,holiday,Quốc khánh,45/2019/QH14,1,
2026-08-22,makeup_workday,Ngày làm bù,,1,2026-08-31
2026-08-31,swapped_off,Ngày nghỉ hoán đổi,,1,2026-08-22
""",
    "places/units.csv": """code,name,kind,parent_code,valid_from,valid_to,legal_basis,lat,lon,area_km2,population,note
22,Tỉnh Quảng Ninh,province,,2020-01-01,,,,,,,
193,Thành phố Hạ Long,city,22,2020-01-01,2025-06-30,,,,,,
06688,Phường Hồng Hải,ward,193,2020-01-01,2025-06-30,,20.95,107.1,,,
06688,Phường Hạ Long,ward,22,2025-07-01,,1679/NQ-UBTVQH15,20.95,107.1,12.5,40000,
""",
    "places/successions.csv": """from_code,from_valid_from,to_code,to_valid_from,on,part,is_default,legal_basis
06688,2020-01-01,06688,2025-07-01,2025-07-01,whole,1,1679/NQ-UBTVQH15
""",
    "places/agencies.csv": (
        "code,name,short_name,name_en,name_pt,kind,level,parent_code,unit_code,valid_from,valid_to,successor_code,"
        "verified,basis,office_hours\n"
        "H49,Ủy ban nhân dân tỉnh,UBND tỉnh,,,people_committee,province,,22,2020-01-01,,,1,,standard\n"
        "H49.23,Trung tâm tỉnh,,,,centre,province,H49,22,2020-01-01,,,0,,standard\n"
        "H49.11,Sở Tư pháp,STP,Department of Justice,,department,province,H49,22,2020-01-01,,,0,,standard\n"
        "H49.106,Ủy ban nhân dân phường Hạ Long,,,,people_committee,commune,H49,06688,2025-07-01,,,0,,standard\n"
        "H49.106.01,Trung tâm phường Hạ Long,,,,centre,commune,H49.106,06688,2025-07-01,,,0,,standard\n"
    ),
    "places/centres.csv": """agency_code,address,phone,lat,lon,opened_on,closed_on,verified
H49.23,"Phường Hạ Long, tỉnh Quảng Ninh",1900558826,,,,,0
H49.106.01,"Phường Hạ Long, tỉnh Quảng Ninh",,,,2025-07-01,,0
""",
    "places/counters.csv": """centre_code,number,name,fields
H49.23,01,Tư pháp,ho-tich|chung-thuc
H49.106.01,01,Tiếp nhận,
""",
}


def write(root: Path, **changes: str) -> Path:
    """Write the small pack; `changes` replaces files, named by the stem of their name (`units`, `agencies` …)."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changes.get(path.stem, text), "utf-8")
    return root


def with_row(name: str, row: dict[str, str]) -> str:
    """A file of the small pack with one row more."""
    rows = list(csv.DictReader(io.StringIO(FILES[name])))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows([*rows, row])
    return out.getvalue()


def unit(**facts: Any) -> Unit:
    defaults = {"code": "06688", "name": "Phường Hạ Long", "kind": "ward", "valid_from": SINCE}
    values = {**defaults, **facts}
    return Unit.objects.create(sort_key=sort_key(values["name"]), folded=fold(values["name"]), **values)


def agency(**facts: Any) -> Agency:
    defaults = {"code": "H49.106", "name": "Ủy ban nhân dân phường Hạ Long", "kind": "people_committee"}
    values = {**defaults, "level": "commune", "valid_from": SINCE, **facts}
    return Agency.objects.create(sort_key=sort_key(values["name"]), folded=fold(values["name"]), **values)


def centre(**facts: Any) -> Centre:
    body = facts.pop("agency", None) or agency(code="H49.106.01", name="Trung tâm phường Hạ Long", kind="centre")
    return Centre.objects.create(agency=body, **{"address": "Phường Hạ Long", **facts})


def office_hours(key: str = "standard") -> None:
    for weekday in range(1, 6):
        for opens, closes in ((time(7, 30), time(11, 30)), (time(13), time(17))):
            OfficeHours.objects.create(key=key, weekday=weekday, opens=opens, closes=closes)
