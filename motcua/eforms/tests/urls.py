"""A page around a section, as a wizard would have it: only for these tests."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from motcua.eforms import rules, sections
from motcua.eforms.tests.factories import FACTS, TODAY, UNITS, pack_form
from motcua.kernel.http import public
from motcua.ui.tests.urls import urlpatterns as ui_urls

PAGE = """{% extends "ui/layouts/public.html" %}{% block head_extra %}{% include "eforms/_head.html" %}{% endblock %}
{% block heading %}<h1>{{ page.title }}</h1>{% endblock %}{% block content %}{% mc_error_summary page.form %}
<form method="post" novalidate>{% csrf_token %}{% include "eforms/_section.html" with page=page only %}
{% mc_button "Next" kind="primary" %}
</form>{% if page.is_valid %}<p>Saved.</p>{% endif %}{% endblock %}"""


@public
def section(request: HttpRequest, key: str, name: str) -> HttpResponse:
    form = pack_form(key)
    page = sections.section_form(
        form, name, rules.prefill(form, FACTS), today=TODAY, language=request.GET.get("language", "en"), units=UNITS,
        facts=FACTS, data=request.POST if request.method == "POST" else None,
    )  # fmt: skip
    return HttpResponse(engines["django"].from_string(PAGE).render({"page": page}, request))


urlpatterns = [path("eform/<key>/<name>/", section), *ui_urls]
