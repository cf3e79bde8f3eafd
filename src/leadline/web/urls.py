"""Every address. `page` refuses a view that has not declared what it needs."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from leadline.web.people_urls import PEOPLE
from leadline.web.permissions import page
from leadline.web.views import (
    around,
    brief,
    calendar_feed,
    experiments,
    own_settings,
    patterns,
    project_notes,
    projects,
    reading,
    reports,
    sharing,
    sign_in,
    watched,
)

handler400 = "leadline.web.views.errors.bad_request"
handler403 = "leadline.web.views.errors.forbidden"
handler404 = "leadline.web.views.errors.not_found"
handler500 = "leadline.web.views.errors.server_error"

ACCOUNTS = [
    # allauth's own views, but for those by which somebody could change their address: the
    # address decides who may read what.
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]

WORK = [
    page("", sign_in.home, name="home"),
    page("brief/", brief.today, name="brief"),
    page("brief/history/", brief.history, name="brief-history"),
    page("brief/<day:on>/", brief.of_day, name="brief-of-day"),
    page("brief/lines/<int:pk>/", brief.answer_page, name="answer-page"),
    page("brief/lines/<int:pk>/answer/", brief.answer, name="answer"),
    page("brief/answers/<int:pk>/take-back/", brief.take_back, name="answer-take-back"),
    page("brief/read-again/", brief.read_again, name="read-again"),
    page("report/", reports.month, name="report"),
    page("projects/", projects.index, name="projects"),
    page("projects/<str:slug>/", projects.show, name="project"),
    page("projects/<str:slug>/proposal/", reports.proposal, name="proposal"),
    page("projects/<str:slug>/charter/", projects.charter, name="charter"),
    page("projects/<str:slug>/charter/file/", projects.propose_charter, name="propose-charter"),
    page("projects/<str:slug>/confirm/", projects.confirm, name="confirm-project"),
    page("projects/<str:slug>/assumptions/", project_notes.assume, name="assume"),
    page("projects/<str:slug>/ideas/", project_notes.park, name="park-idea"),
    page("projects/<str:slug>/decisions/", project_notes.decide, name="decide"),
    page("assumptions/<int:pk>/answer/", project_notes.answer, name="answer-assumption"),
    page("ideas/<int:pk>/close/", project_notes.close, name="close-idea"),
    page("decisions/<int:pk>/review/", project_notes.review, name="review-decision"),
    page("experiments/", experiments.index, name="experiments"),
    page("experiments/<str:slug>/", experiments.readout, name="readout"),
    page("experiments/<str:slug>/impact/", experiments.impact, name="impact"),
    page("models/<str:slug>/", watched.show, name="watched-model"),
    page("reading/", reading.index, name="reading"),
]

AROUND = [
    page("sign-in/<str:secret>/", sign_in.use_link, name="use-link"),
    page("invite/", sign_in.invitations, name="invitations"),
    page("invite/link/", sign_in.invite, name="invite"),
    page("share/", sharing.share, name="share"),
    page("share/<int:pk>/take-back/", sharing.take_back, name="take-back"),
    page("shared/<str:token>/", sharing.shared, name="shared"),
    page("search/", around.find, name="search"),
    page("settings/", own_settings.settings, name="settings"),
    page("settings/mail/", own_settings.mail, name="settings-mail"),
    page("settings/calendar/", own_settings.feed, name="settings-feed"),
    page("settings/calendar/take-back/", own_settings.take_back, name="settings-feed-back"),
    page("calendar/<str:feed>.ics", calendar_feed.feed, name="calendar-feed"),
    page("patterns/", patterns.patterns, name="patterns"),
]

urlpatterns = [path("accounts/", include(ACCOUNTS)), *WORK, *PEOPLE, *AROUND]
