"""Addresses of identity."""

from django.urls import path

from motcua.identity.views import absences, account, password, second_factor, signin, staff

app_name = "identity"
urlpatterns = [
    path("sign-in/", signin.sign_in, name="sign_in"),
    path("sign-in/national/", signin.start_national, name="start_national"),
    path("sign-in/national/callback/", signin.national_callback, name="national_callback"),
    path("sign-in/unsent/", signin.unsent_form, name="unsent"),
    path("sign-out/", signin.sign_out, name="sign_out"),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/set-up/", second_factor.set_up_second_factor, name="set_up_second_factor"),
    path("account/", account.account, name="account"),
    path("account/password/", password.password, name="password"),
    path("switch/", account.switch, name="switch"),
    path("office/absences/", absences.absences, name="absences"),
    path("office/absences/of/<uuid:account_id>/", absences.of, name="absence_of"),
    path("office/absences/<uuid:absence_id>/confirm/", absences.confirm, name="confirm_absence"),
    path("office/absences/<uuid:absence_id>/decline/", absences.decline, name="decline_absence"),
    path("office/absences/<uuid:absence_id>/end/", absences.end, name="end_absence"),
    path("office/staff/", staff.staff_list, name="staff"),
    path("office/staff/<uuid:account_id>/", staff.member, name="staff_member"),
    path("office/staff/<uuid:account_id>/roles/<uuid:role_id>/end/", staff.end_role, name="end_staff_role"),
    path("office/staff/<uuid:account_id>/second-factor/", staff.reset_second_factor, name="reset_second_factor"),
]
