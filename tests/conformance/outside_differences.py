"""Where the Python server may differ when it asks services on the Internet, and why.

As in `differences.py`, an entry that no longer meets a difference fails the tests.
"""

from __future__ import annotations

from tests.conformance.explanations import ANY, Explained

OUTSIDE: dict[str, list[Explained]] = {
    "A path means what it says in percent-encoding, too, and is guarded like that": [
        Explained("captchas/tries_another_address_for_the_form: * POST /*%* · status", 404, 400),
    ],
    "The same address of IPv6, in its short form": [
        Explained("captchas/comes_from_anywhere: * · remoteip", "2001:0db8:*:0000", "2001:db8:*::"),
    ],
    "A password is checked before it is said that there is such a user": [
        Explained("leaked_passwords/signs_up_again: 2 * · status", 422, 400),
        Explained("leaked_passwords/signs_up_again: 2 * · body · *", ANY, "*password*"),
        Explained("leaked_passwords/signs_up_again: 2 * · body · code", ANY, "PASSWORD_*"),
        Explained("leaked_passwords/signs_up_again: 4 what was asked · seen"),
    ],
    "Whoever does not know the password learns nothing of the new one": [
        Explained("leaked_passwords/changes_it: 4 * · body · *", "*", "*"),
        Explained("leaked_passwords/changes_it: 5 what was asked · seen"),
    ],
    "Google writes moments as numbers; nobody else signs them as text": [
        Explained("one_tap/brings_somebody_elses_token: 23 *"),
        Explained("one_tap/brings_somebody_elses_token: 24 *"),
        Explained("one_tap/brings_somebody_elses_token: 25 *"),
    ],
    "The number of a token is a text, as RFC 7519 has it": [
        Explained("one_tap/brings_a_token_of_another_form: 17 *"),
        Explained("one_tap/brings_a_token_of_another_form: 18 *"),
    ],
    "White space is no part of a token": [
        Explained("one_tap/puts_white_space_around_a_token: 2 *"),
    ],
    "Both refuse, in other words": [
        Explained("one_tap/forges_a_token: * · body · message", "invalid id token", "*[body]*"),
        Explained("one_tap/comes_from_another_page: 5 * · body · message"),
    ],
}

#: Flows in which a service is down, which both servers say with 500.
DOWN = {
    "captchas/finds_the_service_down",
    "captchas/finds_the_service_out_of_its_mind",
    "leaked_passwords/finds_the_service_down",
    "leaked_passwords/finds_the_service_out_of_its_mind",
    "leaked_passwords/finds_the_count_out_of_its_mind",
}
