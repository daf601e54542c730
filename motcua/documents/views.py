"""The public page that says whether a paper is genuine."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from motcua.documents import queries, rules
from motcua.documents.forms import CodeForm, FileForm
from motcua.kernel.http import public


@public
@require_http_methods(["GET", "POST"])
def verify_any(request: HttpRequest) -> HttpResponse:
    """Check a paper by its code, or by the file alone."""
    by_code = CodeForm(request.POST if "code" in request.POST else None)
    by_file = FileForm(request.POST, request.FILES) if "paper-sent" in request.POST else FileForm()
    if by_code.is_bound and by_code.is_valid():
        return redirect("documents:verify", code=by_code.cleaned_data["code"])
    context = {"by_code": by_code, "by_file": by_file, "is_unknown": False}
    if by_file.is_bound and by_file.is_valid():
        found = queries.verification_by_digest(_digest(by_file))
        if found is not None:
            return render(
                request, "documents/verified.html", {"paper": found, "by_file": FileForm(), "outcome": "same"}
            )
        context["is_unknown"] = True
    return render(request, "documents/verify.html", context)


@public
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the paper with this code; a file sent along is compared with the one that was issued."""
    paper = queries.verification_of(code)
    if paper is None:
        context = {"by_code": CodeForm(initial={"code": code[:40]}), "by_file": FileForm(), "wrong_code": code[:40]}
        return render(request, "documents/verify.html", context, status=404)
    by_file = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    outcome = ""
    if by_file.is_bound and by_file.is_valid():
        outcome = "same" if _digest(by_file) == paper.digest else "differs"
    return render(request, "documents/verified.html", {"paper": paper, "by_file": by_file, "outcome": outcome})


def _digest(form: FileForm) -> str:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    return rules.fingerprint(file.chunks(), limit=settings.UPLOAD_LIMIT)
