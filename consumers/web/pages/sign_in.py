"""Signing in and out."""

from urllib.parse import urlsplit

from fastapi import Response
from fastapi.responses import RedirectResponse

from consumers.web.access.gate import SESSION_COOKIE
from consumers.web.access.rules import OPEN_TO_ALL
from consumers.web.access.seal import unseal
from consumers.web.view import Page, View
from infra.dsn import is_loopback
from infra.log import get_logger
from schemas.message import mark as _

log = get_logger("web.access")


def form(view: View) -> Response:
    """The form; who is signed in already goes on."""
    target = own_address(view.request.query_params.get("next", "/"))
    if view.who.kind in {"person", "open"}:
        return RedirectResponse(target, 303)
    return view.render("sign_in.html", trouble="", name="", next=target)


def sign_in(view: View) -> Response:
    """A new session, or the form with what was wrong."""
    door, name = view.site.door, view.form.get("name", "")
    target = own_address(view.form.get("next", "/"))
    if door.book is None:
        return RedirectResponse(target, 303)
    address = view.request.client.host if view.request.client else ""
    keys = counted_by(name, address)
    wait_s = view.site.tries.begin(keys)
    if wait_s > 0:
        trouble = view.say("Too many failed attempts. Try again in a few minutes.")
        answer = view.render("sign_in.html", 429, trouble=trouble, name=name, next=target)
        answer.headers["Retry-After"] = str(int(wait_s) + 1)
        return answer
    old = unseal(door.secret, SESSION_COOKIE, view.request.cookies.get(SESSION_COOKIE))
    session = door.book.sign_in(name, view.form.get("password", ""), old_session=old)
    if session is None:
        log.warning("sign_in.failed", who=name, address=address)
        trouble = view.say("The name or the password is wrong.")
        return view.render("sign_in.html", 401, trouble=trouble, name=name, next=target)
    view.site.tries.succeeded(keys)
    log.info("sign_in", who=name, address=address)
    answer = RedirectResponse(target, 303)
    door.cookie(answer, SESSION_COOKIE, session, int(view.site.settings.session_s_max))
    return answer


def counted_by(name: str, address: str) -> tuple[str, ...]:
    """What failures are counted by: a name at an address, and an address.

    Not the name alone, or anybody could lock another out from anywhere. Nor this machine's own
    address: all who come through a gate have it, unless the gate is named as a proxy.
    """
    at = f"{address} {name}"
    return (at,) if is_loopback(address) else (at, address)


def sign_out(view: View) -> Response:
    """The session is over on our side too, not only in the browser."""
    door = view.site.door
    session = unseal(door.secret, SESSION_COOKIE, view.request.cookies.get(SESSION_COOKIE))
    if door.book is not None and session:
        door.book.sign_out(session)
        log.info("sign_out", who=view.who.name)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


def own_address(target: str) -> str:
    """The target where it is an address of ours, else the overview: never another site's."""
    parts = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    if not is_ours or parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target):
        return "/"
    return target


FORM = Page(path="/sign-in", title=_("Sign in"), rule=OPEN_TO_ALL, render=form)
SIGN_IN = Page(
    path="/sign-in", title=_("Sign in"), rule=OPEN_TO_ALL, render=sign_in, methods=("POST",)
)
SIGN_OUT = Page(
    path="/sign-out", title=_("Sign out"), rule=OPEN_TO_ALL, render=sign_out, methods=("POST",)
)
