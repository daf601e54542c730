"""Lists that every form shares: ethnic groups and nationalities."""

from functools import lru_cache

from babel import Locale

from motcua.kernel.text import sort_key

STATELESS = "ZZ"
STATELESS_WORDS = {"vi": "Không quốc tịch", "en": "Stateless", "pt": "Apátrida"}
FOREIGNER = "55"

# The 54 ethnic groups by their official numbers (decision 421/1979 of the statistical office), and foreigners.
ETHNIC_GROUPS = {
    "01": "Kinh", "02": "Tày", "03": "Thái", "04": "Hoa", "05": "Khơ-me", "06": "Mường", "07": "Nùng", "08": "Mông",
    "09": "Dao", "10": "Gia-rai", "11": "Ngái", "12": "Ê-đê", "13": "Ba-na", "14": "Xơ-đăng", "15": "Sán Chay",
    "16": "Cơ-ho", "17": "Chăm", "18": "Sán Dìu", "19": "Hrê", "20": "Mnông", "21": "Ra-glai", "22": "Xtiêng",
    "23": "Bru-Vân Kiều", "24": "Thổ", "25": "Giáy", "26": "Cơ-tu", "27": "Gié-Triêng", "28": "Mạ", "29": "Khơ-mú",
    "30": "Co", "31": "Ta-ôi", "32": "Chơ-ro", "33": "Kháng", "34": "Xinh-mun", "35": "Hà Nhì", "36": "Chu-ru",
    "37": "Lào", "38": "La Chí", "39": "La Ha", "40": "Phù Lá", "41": "La Hủ", "42": "Lự", "43": "Lô Lô", "44": "Chứt",
    "45": "Mảng", "46": "Pà Thẻn", "47": "Cơ Lao", "48": "Cống", "49": "Bố Y", "50": "Si La", "51": "Pu Péo",
    "52": "Brâu", "53": "Ơ-đu", "54": "Rơ-măm", FOREIGNER: "Người nước ngoài",
}  # fmt: skip


@lru_cache(maxsize=8)
def nationalities(language: str) -> dict[str, str]:
    """Countries by their two letters in a language, Viet Nam first, the rest by name; stateless at the end."""
    territories = Locale.parse(language if language in STATELESS_WORDS else "vi").territories
    names = {str(code): name for code, name in territories.items()}
    codes = [code for code in names if len(code) == 2 and code.isalpha() and code not in NO_STATES]
    codes.sort(key=lambda code: (code != "VN", sort_key(names[code])))
    found = {code: names[code] for code in codes}
    return {**found, STATELESS: STATELESS_WORDS.get(language, STATELESS_WORDS["vi"])}


NO_STATES = frozenset(
    "AC AN AQ AS AX BL BQ BV CC CP CQ CW CX DG EA EU EZ FK FO GF GG GI GL GP GS GU HM IC IM IO JE MF MP MQ MS NF PF PM"
    " PN PR QO RE SH SJ SX TA TC TF TK UM UN VG VI WF XA XB YT ZZ".split()
)
