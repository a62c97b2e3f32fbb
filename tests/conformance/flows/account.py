"""Users and their own account."""

from urllib.parse import parse_qs, urlsplit

from tests.conformance.world import Browser, World

OTHER_PASSWORD = "another battery"


def lists_sessions(world: World) -> None:
    ada = world.signed_up()
    phone = world.browser()
    phone.sign_in()
    ada.get("/list-sessions")
    ada.get("/list-accounts")


def revokes_a_session(world: World) -> None:
    ada = world.signed_up()
    phone = world.browser()
    token = phone.sign_in().json()["token"]
    ada.post("/revoke-session", token=token)
    phone.session()
    ada.session()
    ada.post("/revoke-session", token=token)
    ada.post("/revoke-session", token="unknown")


def cannot_revoke_a_session_of_another_user(world: World) -> None:
    token = world.signed_up("eve").session()["session"]["token"]
    ada = world.signed_up()
    ada.post("/revoke-session", token=token)


def revokes_the_other_sessions(world: World) -> None:
    ada = world.signed_up()
    phone = world.browser()
    phone.sign_in()
    ada.post("/revoke-other-sessions")
    phone.session()
    ada.session()


def revokes_all_sessions(world: World) -> None:
    ada = world.signed_up()
    ada.post("/revoke-sessions")
    ada.session()


def requests_after_the_session_expired(world: World) -> None:
    ada = world.signed_up()
    world.change(
        """UPDATE session SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 second'
        WHERE "userId" = $1""",
        ada.user_id,
    )
    ada.session()
    ada.session()


def has_the_session_renewed_after_two_days(world: World) -> None:
    """A request after `updateAge` renews the session."""
    ada = world.signed_up()
    _age(world, ada)
    ada.session()
    ada.session()


def reads_the_session_without_renewing(world: World) -> None:
    ada = world.signed_up()
    _age(world, ada)
    ada.get("/get-session", disableRefresh="true")
    ada.get("/get-session", disableCookieCache="true")


def is_no_longer_fresh(world: World) -> None:
    """Sensitive routes require a fresh session: one younger than a day."""
    ada = world.signed_up()
    _age(world, ada)
    ada.get("/list-sessions")
    ada.post("/delete-user")
    ada.post("/unlink-account", accountId="unknown")
    ada.post("/update-user", name="Ada")


def _age(world: World, browser: Browser) -> None:
    """Makes the sessions of a user two days old."""
    world.change(
        """UPDATE session SET "createdAt" = "createdAt" - interval '2 days',
        "updatedAt" = "updatedAt" - interval '2 days', "expiresAt" = "expiresAt" - interval '2 days'
        WHERE "userId" = $1""",
        browser.user_id,
    )


def changes_name_and_picture(world: World) -> None:
    ada = world.signed_up()
    ada.post("/update-user", name="Ada Lovelace", image="https://example.com/ada.png")
    ada.session()
    ada.post("/update-user", image=None)
    ada.session()


def cannot_change_everything(world: World) -> None:
    ada = world.signed_up()
    ada.post("/update-user")
    ada.post("/update-user", email="eve@example.com")
    ada.post("/update-user", role="admin")
    ada.post("/update-user", emailVerified=True)
    ada.post("/update-user", id="chosen", name="Ada")
    ada.post("/update-user", nonsense=1)
    ada.post("/update-user", twoFactorEnabled=True)
    ada.post("/update-user", banned=False, name="Ada")
    ada.session()


def cannot_change_the_session(world: World) -> None:
    ada = world.signed_up()
    ada.post("/update-session")
    ada.post("/update-session", userId="chosen")
    ada.post("/update-session", activeOrganizationId="chosen")
    ada.post("/update-session", impersonatedBy="chosen")
    ada.session()


def changes_the_password(world: World) -> None:
    ada = world.signed_up()
    ada.post("/change-password", currentPassword=ada.password, newPassword=OTHER_PASSWORD)
    ada.session()
    ada.sign_in()
    ada.sign_in(password=OTHER_PASSWORD)


def changes_the_password_and_revokes_other_sessions(world: World) -> None:
    ada = world.signed_up()
    phone = world.browser()
    phone.sign_in()
    body = {"currentPassword": ada.password, "newPassword": OTHER_PASSWORD}
    ada.post("/change-password", revokeOtherSessions=True, **body)
    phone.session()
    ada.session()


def cannot_change_the_password(world: World) -> None:
    ada = world.signed_up()
    ada.post("/change-password", currentPassword="wrong password", newPassword=OTHER_PASSWORD)
    ada.post("/change-password", currentPassword=ada.password, newPassword="short")
    ada.post("/change-password", currentPassword=ada.password, newPassword="x" * 129)
    ada.post("/change-password", currentPassword=ada.password)
    world.browser().post("/change-password", currentPassword="x", newPassword=OTHER_PASSWORD)


def verifies_a_password(world: World) -> None:
    ada = world.signed_up()
    ada.post("/verify-password", password=ada.password)
    ada.post("/verify-password", password="wrong password")
    world.browser().post("/verify-password", password=ada.password)


def cannot_set_a_password_over_http(world: World) -> None:
    """`setPassword` is for server code only."""
    ada = world.signed_up()
    ada.post("/set-password", newPassword=OTHER_PASSWORD)
    world.change('UPDATE account SET password = NULL WHERE "userId" = $1', ada.user_id)
    ada.post("/set-password", newPassword=OTHER_PASSWORD)


def resets_the_password(world: World) -> None:
    ada = world.signed_up()
    phone = world.browser()
    phone.sign_in()
    ada.post("/request-password-reset", email=ada.email, redirectTo="/reset")
    landing = ada.follow(ada.message("reset-password"))
    token = parse_qs(urlsplit(landing.headers["location"]).query)["token"][0]
    ada.post("/reset-password", token=token, newPassword="short")
    ada.post("/reset-password", token=token, newPassword=OTHER_PASSWORD)
    ada.post("/reset-password", token=token, newPassword=OTHER_PASSWORD)
    phone.session()
    ada.sign_in()
    ada.sign_in(password=OTHER_PASSWORD)


def resets_the_password_by_the_query(world: World) -> None:
    ada = world.signed_up()
    ada.post("/request-password-reset", email=ada.email)
    landing = ada.follow(ada.message("reset-password"))
    token = landing.headers.get("location", "?token=none").rpartition("token=")[2]
    ada.request(
        "POST", "/reset-password", params={"token": token}, json={"newPassword": OTHER_PASSWORD}
    )


def resets_a_password_with_a_bad_token(world: World) -> None:
    signed_out = world.browser()
    signed_out.post("/reset-password", token="unknown", newPassword=OTHER_PASSWORD)
    signed_out.post("/reset-password", newPassword=OTHER_PASSWORD)
    signed_out.get("/reset-password/unknown", callbackURL="/reset")
    signed_out.get("/reset-password/unknown")
    signed_out.get("/reset-password/unknown", callbackURL="https://evil.example")
    signed_out.post("/forget-password", email=signed_out.email)


def resets_the_password_too_late(world: World) -> None:
    ada = world.signed_up()
    ada.post("/request-password-reset", email=ada.email, redirectTo="/reset")
    link = ada.message("reset-password")
    world.change(
        """UPDATE verification SET "expiresAt" = now() AT TIME ZONE 'UTC' - interval '1 second'
        WHERE value = $1""",
        ada.user_id,
    )
    ada.follow(link)
    token = urlsplit(link).path.rpartition("/")[2]
    ada.post("/reset-password", token=token, newPassword=OTHER_PASSWORD)


def requests_a_reset_for_an_unknown_address(world: World) -> None:
    signed_out = world.browser()
    signed_out.post("/request-password-reset", email=signed_out.email)
    signed_out.post(
        "/request-password-reset", email=signed_out.email, redirectTo="https://evil.example"
    )
    ada = world.signed_up()
    ada.post("/request-password-reset", email=ada.email, redirectTo="https://evil.example")


def verifies_the_address(world: World) -> None:
    ada = world.signed_up()
    link = ada.message("verify-email")
    ada.follow(link)
    ada.session()
    ada.follow(link)


def verifies_the_address_without_a_callback(world: World) -> None:
    ada = world.signed_up()
    link = ada.message("verify-email")
    ada.get("/verify-email", token=parse_qs(urlsplit(link).query)["token"][0])


def requests_the_verification_mail_again(world: World) -> None:
    ada = world.signed_up()
    ada.message("verify-email")
    ada.post("/send-verification-email", email=ada.email, callbackURL="/welcome")
    ada.follow(ada.message("verify-email"))
    ada.post("/send-verification-email", email=ada.email)
    signed_out = world.browser("nobody")
    signed_out.post("/send-verification-email", email=signed_out.email)
    signed_out.post("/send-verification-email", email=ada.email)
    ada.post("/send-verification-email", email=signed_out.email)


def verifies_with_a_bad_token(world: World) -> None:
    signed_out = world.browser()
    signed_out.get("/verify-email")
    signed_out.get("/verify-email", token="unknown")
    signed_out.get("/verify-email", token="unknown", callbackURL="/welcome")
    signed_out.get("/verify-email", token="a.b.c", callbackURL="https://evil.example")


def changes_the_address(world: World) -> None:
    ada = world.signed_up()
    ada.post("/change-email", newEmail=f"new{ada.email}")
    ada.follow(world.message(f"new{ada.email}", "verify-email"))
    ada.session()


def changes_a_verified_address(world: World) -> None:
    ada = world.signed_up()
    ada.follow(ada.message("verify-email"))
    ada.post("/change-email", newEmail=f"new{ada.email}", callbackURL="/changed")
    ada.follow(world.message(f"new{ada.email}", "verify-email"))
    ada.session()


def cannot_change_the_address(world: World) -> None:
    eve = world.signed_up("eve")
    ada = world.signed_up()
    ada.post("/change-email", newEmail=ada.email)
    ada.post("/change-email", newEmail=eve.email)
    ada.post("/change-email", newEmail="nonsense")
    ada.post("/change-email", newEmail=f"x{ada.email}", callbackURL="https://evil.example")
    world.browser("nobody").post("/change-email", newEmail=f"y{ada.email}")
    ada.session()


def deletes_the_account(world: World) -> None:
    ada = world.signed_up()
    ada.post("/delete-user", password=ada.password)
    ada.session()
    ada.sign_in()


def deletes_the_account_without_a_password(world: World) -> None:
    ada = world.signed_up()
    ada.post("/delete-user")
    ada.session()


def cannot_delete_the_account(world: World) -> None:
    ada = world.signed_up()
    ada.post("/delete-user", password="wrong password")
    ada.post("/delete-user", token="unknown")
    ada.get("/delete-user/callback", token="unknown")
    world.browser().post("/delete-user")
    ada.session()


def unlinks_an_account(world: World) -> None:
    ada = world.signed_up()
    account = ada.get("/list-accounts").json()[0]["id"]
    ada.post("/unlink-account", accountId=account)
    ada.post("/unlink-account", accountId="unknown")
    ada.get("/account-info", accountId=account)
    ada.get("/account-info")
    ada.post("/get-access-token", accountId=account)
    ada.post("/refresh-token", accountId=account)
    ada.post("/get-access-token", providerId="google")
    ada.post("/refresh-token", providerId="google")


def signs_in_with_an_unknown_provider(world: World) -> None:
    ada = world.browser()
    ada.post("/sign-in/social", provider="google", callbackURL="/")
    ada.post("/sign-in/social", provider="nonsense")
    ada.get("/callback/google", code="code", state="state")
    ada.get("/callback/google", error="access_denied", state="state")
    ada.get("/callback/google")
    ada.post("/link-social", provider="google")
    ada = world.signed_up()
    ada.post("/link-social", provider="google")
    ada.get("/oauth-popup/start", provider="google", popupOrigin=world.server.address)
    ada.get("/oauth-proxy-callback", callbackURL="/", profile="nonsense")
    ada.post("/one-tap/callback", idToken="nonsense")
