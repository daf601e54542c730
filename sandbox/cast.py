"""Who can be chosen: the people of a cast file."""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Person:
    """An invented person as the national identity knows them."""

    key: str
    full_name: str
    id_number: str
    birth_date: date
    sex: str
    phone: str
    email: str
    address: str
    language: str
    note: str
    place: str
    is_staff: bool

    @property
    def subject(self) -> str:
        """The stable, meaningless name of the person's account."""
        return "sbx-" + hashlib.sha256(f"sandbox|{self.id_number}".encode()).hexdigest()[:24]

    def claims(self) -> dict[str, str]:
        """The claims in the words of the national portal, with the standard ones beside."""
        return {
            "sub": self.subject,
            "TechID": self.subject,
            "LoaiTaiKhoan": "1",
            "HoVaTen": self.full_name.upper(),
            "SoDinhDanh": self.id_number,
            "NgayThangNamSinh": self.birth_date.strftime("%Y%m%d"),
            "GioiTinh": "Nam" if self.sex == "male" else "Nữ",
            "SoDienThoai": self.phone,
            "ThuDienTu": self.email,
            "DiaChi": self.address,
            "loginIdp": "BCA",
            "name": self.full_name,
            "locale": self.language,
        }


def read(path: Path) -> dict[str, Person]:
    """The people of a cast file who have a number and an account, citizens first."""
    cast = tomllib.loads(path.read_text("utf-8"))
    rows = [(row, False) for row in cast.get("citizen", ())] + [(row, True) for row in cast.get("staff", ())]
    people = [_person(row, is_staff) for row, is_staff in rows if row.get("id_number") and row.get("username")]
    return {person.key: person for person in people}


def _person(row: dict[str, Any], is_staff: bool) -> Person:
    return Person(
        key=row["username"],
        full_name=row["full_name"],
        id_number=row["id_number"],
        birth_date=row["birth_date"],
        sex=row["sex"],
        phone=row.get("phone", ""),
        email=row.get("email", ""),
        address=row.get("street", ""),
        language=row.get("language", "vi"),
        note=row.get("title") or row.get("note", ""),
        place=row.get("place", ""),
        is_staff=is_staff,
    )
