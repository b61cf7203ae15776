"""Addresses of the log-in: of what django-allauth can do, only what this site uses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from config.sign_in import providers, second_factor, views
from config.sign_in.providers import leads_to_providers
from config.sign_in.views import staff_only

# Nobody signs up here, but django-allauth wants an address to name.
nobody_signs_up = login_not_required(RedirectView.as_view(pattern_name="account_login"))

sign_in = [
    path("", leads_to_providers(views.SignIn.as_view()), name="account_login"),
    path(
        "code/",
        leads_to_providers(views.RequestCode.as_view()),
        name="account_request_login_code",
    ),
    path("code/enter/", views.enter_code, name="account_confirm_login_code"),
    path("second-factor/", mfa.authenticate, name="mfa_authenticate"),
]

password = [
    path("confirm/", staff_only(account.reauthenticate), name="account_reauthenticate"),
    path("forgotten/", account.password_reset, name="account_reset_password"),
    path("forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "new/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

passkeys = [
    path("", staff_only(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("add/", staff_only(second_factor.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path(
        "confirm/",
        staff_only(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("<int:pk>/name/", staff_only(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("<int:pk>/remove/", staff_only(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
]

codes = [
    path("", staff_only(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "generate/",
        staff_only(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "download/",
        staff_only(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

factor: list[URLPattern | URLResolver] = [
    path("", staff_only(second_factor.Overview.as_view()), name="mfa_index"),
    path("confirm/", staff_only(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("app/", staff_only(second_factor.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("app/remove/", staff_only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("passkeys/", include(passkeys)),
    path("recovery-codes/", include(codes)),
]

connected = [
    path(
        "",
        leads_to_providers(staff_only(views.Connections.as_view())),
        name="socialaccount_connections",
    ),
    path("cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path(
        "<slug:provider_id>/",
        leads_to_providers(openid_connect.login),
        name="openid_connect_login",
    ),
    path("<slug:provider_id>/callback/", providers.callback, name="openid_connect_callback"),
]

urlpatterns = [
    path("sign-in/", include(sign_in)),
    path("sign-up/", nobody_signs_up, name="account_signup"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/", include(password)),
    path("second-factor/", include(factor)),
    path("providers/", include(connected)),
]
