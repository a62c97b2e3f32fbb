"""Signing in with a user name."""

from tests.conformance.world import World


def signs_up_with_a_name(world: World) -> None:
    ada = world.signed_up(username=f"Ada_{world.tag}")
    ada.session()
    ada.forget()
    ada.post("/sign-in/username", username=f"ADA_{world.tag}", password=ada.password)
    ada.session()


def chooses_how_the_name_is_shown(world: World) -> None:
    world.signed_up(username=f"ada{world.tag}", displayUsername="Ada the First").session()
    bob = world.signed_up("bob", displayUsername=f"Bob{world.tag}")
    bob.session()


def adds_a_user_name(world: World) -> None:
    ada = world.signed_up()
    ada.post("/update-user", username=f"Ada{world.tag}")
    ada.session()
    ada.post("/update-user", username=f"ada{world.tag}")
    ada.post("/update-user", displayUsername="Countess")
    ada.session()


def cannot_add_a_user_name(world: World) -> None:
    world.signed_up("eve", username=f"eve{world.tag}")
    ada = world.browser()
    for name in [f"EVE{world.tag}", "ab", "x" * 31, "a b c", "ada!", "", "адада"]:
        ada.sign_up(username=name)
    ada.sign_up()
    for name in [f"Eve{world.tag}", "ab", "x" * 31, "a b c", ""]:
        ada.post("/update-user", username=name)
    ada.session()


def checks_user_names(world: World) -> None:
    world.signed_up(username=f"ada{world.tag}")
    signed_out = world.browser("nobody")
    signed_out.post("/is-username-available", username=f"ada{world.tag}")
    signed_out.post("/is-username-available", username=f"ADA{world.tag}")
    signed_out.post("/is-username-available", username=f"bob{world.tag}")
    signed_out.post("/is-username-available", username="ab")
    signed_out.post("/is-username-available", username="a b c")


def cannot_sign_in(world: World) -> None:
    ada = world.signed_up(username=f"ada{world.tag}")
    ada.forget()
    ada.post("/sign-in/username", username=f"ada{world.tag}", password="wrong password")
    ada.post("/sign-in/username", username=f"bob{world.tag}", password=ada.password)
    ada.post("/sign-in/username", username="ab", password=ada.password)
    ada.post("/sign-in/username", username="a b c", password=ada.password)
    ada.post("/sign-in/username", username="", password="")


def signs_in_with_options(world: World) -> None:
    ada = world.signed_up(username=f"ada{world.tag}")
    name, password = f"ada{world.tag}", ada.password
    ada.post("/sign-in/username", username=name, password=password, rememberMe=False)
    ada.post("/sign-in/username", username=name, password=password, callbackURL="/home")
    ada.post("/sign-in/username", username=name, password=password, callbackURL="//evil.example")
