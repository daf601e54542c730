"""The counter's addresses."""

from django.urls import path

from motcua.dossiers.views import handover, reception

urlpatterns = [
    path("office/counter/reception/", reception.reception, name="reception"),
    path("office/counter/reception/procedures/", reception.suggest, name="reception_procedures"),
    path("office/counter/received/<uuid:dossier_id>/", reception.received, name="received"),
    path("office/counter/payment/<uuid:dossier_id>/", handover.pay, name="pay"),
    path("office/counter/handover/", handover.handover, name="handover"),
    path("office/counter/handover/<uuid:dossier_id>/", handover.handover_one, name="handover_one"),
    path("office/counter/uncollected/", handover.uncollected, name="uncollected"),
]
