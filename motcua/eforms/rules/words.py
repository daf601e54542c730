"""Numbers and days spelt out in Vietnamese, as certificates of civil status and receipts write them."""

from datetime import date

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", "nghìn", "triệu")
MONTHS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")


def number_words(value: int) -> str:
    """A whole number in words: 1250 → một nghìn hai trăm năm mươi."""
    if value < 0:
        return f"âm {number_words(-value)}"
    if value < 1000:
        return _hundreds(value, is_full=False)
    billions, rest = divmod(value, 1_000_000_000)
    words = [number_words(billions), "tỷ"] if billions else []
    for power in (2, 1, 0):
        part = rest // 1000**power % 1000
        if part:
            words += [_hundreds(part, is_full=bool(words)), SCALES[power]]
    return " ".join(word for word in words if word)


def _hundreds(value: int, *, is_full: bool) -> str:
    hundreds, rest = divmod(value, 100)
    words = [DIGITS[hundreds], "trăm"] if hundreds or is_full else []
    tens, ones = divmod(rest, 10)
    if tens > 1:
        words += [DIGITS[tens], "mươi"]
        words += [{1: "mốt", 4: "tư", 5: "lăm"}.get(ones, DIGITS[ones])] if ones else []
    elif tens == 1:
        words += ["mười", *([{5: "lăm"}.get(ones, DIGITS[ones])] if ones else [])]
    elif ones or not words:
        words += ["linh", DIGITS[ones]] if words else [DIGITS[ones]]
    return " ".join(words)


def date_words(value: date) -> str:
    """A day in words: ngày hai mươi bảy tháng ba năm một nghìn chín trăm chín mươi."""
    day = f"mùng {DIGITS[value.day]}" if value.day < 10 else number_words(value.day)
    if value.day == 10:
        day = "mùng mười"
    return f"ngày {day} tháng {MONTHS[value.month - 1]} năm {number_words(value.year)}"


def money_words(amount: int) -> str:
    """An amount in words, its first letter capital: Một triệu hai trăm nghìn đồng."""
    words = number_words(amount)
    return f"{words[0].upper()}{words[1:]} đồng"
