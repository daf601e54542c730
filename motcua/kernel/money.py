"""Money is whole đồng: an int, never a float."""


def vnd(amount: int) -> str:
    """`1250000` → `1.250.000 ₫`, as Vietnamese prints it."""
    return f"{amount:,}".replace(",", ".") + " ₫"
