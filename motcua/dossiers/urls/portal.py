"""The portal's addresses."""

from django.urls import path

from motcua.dossiers.views import bundles, drafting, filing, papers, review, space, supplement, track, versions

urlpatterns = [
    path("track/", track.track, name="track"),
    path("bundles/", bundles.offered, name="bundles"),
    path("bundles/<slug:key>/", bundles.start, name="bundle_start"),
    path("my/bundles/<uuid:bundle_id>/", bundles.own, name="own_bundle"),
    path("my/bundles/<uuid:bundle_id>/<slug:key>/alone/", bundles.take_out, name="bundle_alone"),
    path("file/<str:code>/", filing.start, name="start"),
    path("drafts/<uuid:draft_id>/for-whom/", filing.party, name="draft_party"),
    path("drafts/<uuid:draft_id>/form/<slug:section>/", drafting.section, name="draft"),
    path("drafts/<uuid:draft_id>/form/<slug:section>/save/", drafting.save, name="draft_save"),
    path("drafts/<uuid:draft_id>/papers/", papers.papers, name="draft_papers"),
    path("drafts/<uuid:draft_id>/files/<uuid:document_id>/", drafting.file, name="draft_file"),
    path("drafts/<uuid:draft_id>/review/", review.review, name="draft_review"),
    path("drafts/<uuid:draft_id>/drop/", filing.drop, name="draft_drop"),
    path("my/dossiers/", space.own, name="own"),
    path("my/dossiers/<uuid:dossier_id>/", space.status, name="status"),
    path("my/dossiers/<uuid:dossier_id>/filed/", review.filed, name="filed"),
    path("my/dossiers/<uuid:dossier_id>/slip.pdf", space.paper, {"form": "slip"}, name="slip"),
    path("my/dossiers/<uuid:dossier_id>/prints/<slug:form>/", space.paper, name="own_print"),
    path("my/dossiers/<uuid:dossier_id>/versions/<int:version>/<slug:form>/", versions.of_own, name="own_version"),
    path("my/dossiers/<uuid:dossier_id>/documents/<uuid:document_id>/", space.file, name="own_file"),
    path("my/dossiers/<uuid:dossier_id>/supplement/", supplement.supplement, name="supplement"),
    path("my/dossiers/<uuid:dossier_id>/withdraw/", space.withdraw, name="withdraw"),
    path("my/dossiers/<uuid:dossier_id>/rate/", space.rate, name="rate"),
]
