"""The office's addresses."""

from django.urls import path

from motcua.dossiers.views import (
    acts,
    batch,
    case,
    desks,
    export,
    keeping,
    lists,
    parts,
    settling,
    versions,
    warned,
    year_end,
)

urlpatterns = [
    path("office/parts/<uuid:part_id>/", parts.part, name="part"),
    path("office/parts/<uuid:part_id>/<slug:action>/", parts.part_act, name="part_act"),
    path("office/inbox/", lists.inbox, name="inbox"),
    path("office/warnings/", warned.warnings, name="warnings"),
    path("office/warnings/count/", warned.count, name="warnings_count"),
    path("office/batch/", batch.batch, name="batch"),
    path("office/batch/<uuid:batch_id>/", batch.outcome, name="batch_outcome"),
    path("office/desks/", desks.desks, name="desks"),
    path("office/desks/<uuid:agency_id>/<uuid:account_id>/", desks.one, name="desk"),
    path("office/dossiers/", lists.search, name="office_search"),
    path("office/dossiers/save-search/", lists.save_search, name="save_search"),
    path("office/dossiers/drop-search/", lists.drop_search, name="drop_search"),
    path("office/dossiers/<uuid:dossier_id>/", case.case, name="case"),
    path("office/dossiers/<uuid:dossier_id>/files/<uuid:document_id>/", case.file, name="case_file"),
    path("office/dossiers/<uuid:dossier_id>/reveal/", case.reveal, name="reveal"),
    path("office/dossiers/<uuid:dossier_id>/prints/<slug:form>/", case.print_form, name="print_form"),
    path("office/dossiers/<uuid:dossier_id>/versions/<int:version>/<slug:form>/", versions.of_case, name="version"),
    path("office/dossiers/<uuid:dossier_id>/print-language/", case.print_language, name="print_language"),
    path("office/keeping/", keeping.overview, name="keeping"),
    path("office/keeping/holds/<uuid:hold_id>/", keeping.hold, name="hold"),
    path("office/keeping/<uuid:disposition_id>/", keeping.disposal, name="disposal"),
    path("office/year-end/", year_end.years, name="year_end"),
    path("office/year-end/<uuid:book_id>/", year_end.closed_book, name="closed_book"),
    path("office/dossiers/<uuid:dossier_id>/export/", export.export, name="export"),
    path("office/dossiers/<uuid:dossier_id>/export/<uuid:package_id>/", export.export_file, name="export_file"),
    path("office/dossiers/<uuid:dossier_id>/settle/", settling.settle, name="settle"),
    path("office/dossiers/<uuid:dossier_id>/<slug:action>/", acts.act, name="act"),
]
