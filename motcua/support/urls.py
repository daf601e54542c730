"""Addresses of feedback cases."""

from django.urls import path

from motcua.support.views import acts, figures, office, portal, sending, tracking

app_name = "support"
urlpatterns = [
    path("feedback/", portal.about, name="about"),
    path("feedback/answers/<uuid:key>/", portal.answer, name="answer"),
    path("feedback/new/", sending.new, name="new"),
    path("feedback/track/", tracking.track, name="track"),
    path("feedback/open/", tracking.open_case, name="open"),
    path("feedback/cases/<uuid:feedback_id>/", tracking.case, name="case"),
    path("feedback/cases/<uuid:feedback_id>/reply/", tracking.reply, name="reply"),
    path("feedback/cases/<uuid:feedback_id>/rate/", tracking.rate, name="rate"),
    path("feedback/cases/<uuid:feedback_id>/files/<uuid:document_id>/", tracking.file, name="file"),
    path("feedback/cases/<uuid:feedback_id>/letter.pdf", tracking.letter, name="letter"),
    path("my/feedback/", portal.own, name="own"),
    path("office/feedback/", office.inbox, name="inbox"),
    path("office/feedback/figures/", figures.figures, name="figures"),
    path("office/feedback/<uuid:feedback_id>/", office.case, name="office_case"),
    path("office/feedback/dossiers/<uuid:dossier_id>/", office.of_dossier, name="of_dossier"),
    path("office/feedback/<uuid:feedback_id>/letter.pdf", office.letter, name="office_letter"),
    path("office/feedback/<uuid:feedback_id>/publish/", acts.publish, name="publish"),
    path("office/feedback/<uuid:feedback_id>/files/<uuid:document_id>/", office.file, name="office_file"),
    path("office/feedback/<uuid:feedback_id>/acts/<str:action>/", acts.act, name="act"),
]
