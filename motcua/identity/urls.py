"""Addresses of identity."""

from django.urls import path

from motcua.identity.views import account, password, second_factor, signin

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
]
