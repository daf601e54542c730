"""The words of the sandbox's pages, in Vietnamese and English."""

WORDS = {
    "vi": {
        "title": "Định danh quốc gia (mô phỏng)",
        "banner": "Hộp cát: mọi người ở đây đều là nhân vật hư cấu",
        "lead": "Hệ thống này đóng vai nhà cung cấp định danh quốc gia. Chọn một nhân vật để đăng nhập vào {client}.",
        "citizens": "Công dân",
        "staff": "Cán bộ, công chức",
        "born": "sinh ngày",
        "cancel": "Quay lại, không đăng nhập",
        "options": "Cho người kiểm thử",
        "methods": "Cách xác thực",
        "strong": "Mật khẩu và mã một lần (hai yếu tố)",
        "weak": "Chỉ mật khẩu (một yếu tố)",
        "misbehave": "Trả lời sai có chủ ý",
        "none": "Không, trả lời đúng",
        "refused": "Yêu cầu đăng nhập này không đúng",
        "refused_why": "Tham số sai hoặc thiếu: {problem}. Hãy quay lại và bắt đầu đăng nhập từ đầu.",
        "ended": "Đã đăng xuất khỏi định danh quốc gia (mô phỏng)",
        "back": "Trở về",
        "home": "Các hệ thống lân cận (mô phỏng)",
        "other": "English",
        "other_code": "en",
    },
    "en": {
        "title": "National identity (stand-in)",
        "banner": "Sandbox: everybody here is invented",
        "lead": "This system plays the national identity provider. Choose somebody to sign in to {client} as.",
        "citizens": "Citizens",
        "staff": "Staff",
        "born": "born",
        "cancel": "Go back without signing in",
        "options": "For testers",
        "methods": "Proof given",
        "strong": "Password and one-time code (two factors)",
        "weak": "Password only (one factor)",
        "misbehave": "Answer wrongly on purpose",
        "none": "No, answer rightly",
        "refused": "This request to sign in is not right",
        "refused_why": "Wrong or missing parameter: {problem}. Go back and start signing in again.",
        "ended": "Signed out of the national identity (stand-in)",
        "back": "Back",
        "home": "The neighbours (stand-ins)",
        "other": "Tiếng Việt",
        "other_code": "vi",
    },
}


def words(language: str) -> dict[str, str]:
    """The words of a language."""
    return WORDS[language]
