"""Organizations: founding one, its members and invitations, its way to formal status."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from revento.contract.errors import Refused
from revento.events.overview import queries as overview
from revento.identity import permissions, proofs
from revento.identity.organizations import actions, queries, rules
from revento.identity.organizations.actions import VerificationPapers
from revento.identity.permissions import Permission, Role
from revento.identity.proofs import OrganizationMember
from revento.identity.sessions.models import SignedIn
from revento.identity.users import rules as user_rules
from revento.kernel.clock import Clock
from revento.kernel.config import Settings
from revento.kernel.db import Tx
from revento.kernel.ids import OrganizationId, UserId
from revento.web.shared import forms, pages
from revento.web.shared.forms import Form
from revento.web.shared.pages import go
from revento.web.shared.states import N_
from revento.web.shared.translate import gettext
from revento.web.shared.visitor import Flash

AnyRequest = Request[Any, Any, Any]
BASE: Final = "/organizer/organizations"
ROLES: Final = {
    Role.OWNER: N_("Owner"),
    Role.ORGANIZER: N_("Organizer"),
    Role.REVIEWER: N_("Reviewer"),
    Role.VIEWER: N_("Viewer"),
}
Line = Annotated[str, msgspec.Meta(max_length=200)]


class Founding(msgspec.Struct):
    """What the form of a new organization posts, and that of an old one."""

    name: Line
    website_url: Line = ""
    description: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Invited(msgspec.Struct):
    """Whom to invite."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    role: Role


class Papers(msgspec.Struct):
    """What the operator needs to grant formal status."""

    legal_name: Line
    registration_number: Line
    country: Line
    documents: Annotated[str, msgspec.Meta(max_length=4000)] = ""


@get("/organizations/new")
async def new_page(person: Given[SignedIn]) -> Response[str]:
    """The form of a new organization."""
    return pages.page("organizer/organization_new.html", form=Form[Founding](), email=person.email)


@post("/organizations", status_code=303)
async def found(request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock]) -> Response[Any]:
    """Found an organization; the founder owns it."""
    form = await forms.read(request, Founding)
    if form.got is None:
        return pages.page("organizer/organization_new.html", 422, form=form, email=person.email)
    got = form.got
    id = await actions.found(
        tx, person.user_id, got.name, website_url=got.website_url, description=got.description, now=clock.now()
    )
    return go(f"{BASE}/{id}", Flash(gettext("%(name)s is there.") % {"name": got.name}))


@get("/organizations/{organization_id:str}")
async def organization_page(
    tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], organization_id: FromPath[str]
) -> Response[str]:
    """Members, invitations and status of an organization."""
    return await _page(tx, await _member(tx, person, organization_id, Permission.EVENT_VIEW), clock)


async def _member(tx: Tx, person: SignedIn, organization_id: str, permission: Permission) -> OrganizationMember:
    return await proofs.as_organization_member(tx, person.user_id, OrganizationId(organization_id), permission)


async def _page(
    tx: Tx,
    member: OrganizationMember,
    clock: Clock,
    *,
    status: int = 200,
    edit: Form[Founding] | None = None,
    invite: Form[Invited] | None = None,
    papers: Form[Papers] | None = None,
) -> Response[str]:
    organization = await queries.get(tx, member.organization_id)

    def may(permission: str) -> bool:
        return permissions.allows(member.role, Permission(permission))

    events = await overview.list_desks(tx, member.user_id)
    return pages.page(
        "organizer/organization.html",
        status,
        organization=organization,
        member=member,
        may=may,
        members=await queries.list_members(tx, organization.id),
        invitations=await queries.list_open_invitations(tx, organization.id, now=clock.now()),
        events=[event for event in events if event.organization_id == organization.id],
        refusal=rules.why_not_request_verification(organization),
        roles=[(role.value, gettext(said)) for role, said in ROLES.items()],
        role_words={role.value: gettext(permissions.WORDS[role]) for role in ROLES},
        edit=edit or Form[Founding](),
        invite=invite or Form[Invited](),
        papers=papers or Form[Papers](),
    )


@post("/organizations/{organization_id:str}/edit", status_code=303)
async def edit(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], organization_id: FromPath[str]
) -> Response[Any]:
    """Change the organization's name, address and description."""
    member = await _member(tx, person, organization_id, Permission.ORGANIZATION_EDIT)
    form = await forms.read(request, Founding)
    if form.got is None:
        return await _page(tx, member, clock, status=422, edit=form)
    await actions.edit(tx, member, now=clock.now(), **msgspec.structs.asdict(form.got))
    return go(f"{BASE}/{organization_id}", Flash(gettext("Saved.")))


@post("/organizations/{organization_id:str}/invitations", status_code=303)
async def invite(
    request: AnyRequest,
    tx: Given[Tx],
    person: Given[SignedIn],
    clock: Given[Clock],
    settings: Given[Settings],
    organization_id: FromPath[str],
) -> Response[Any]:
    """Offer a seat by mail."""
    member = await _member(tx, person, organization_id, Permission.MEMBER_MANAGE)
    form = await forms.read(request, Invited)
    if form.got is not None and not user_rules.looks_like_email(form.got.email):
        form.refuse("email", gettext("Enter an e-mail address like name@example.org."))
    if form.got is None:
        return await _page(tx, member, clock, status=422, invite=form)
    got = form.got
    await actions.invite(tx, member, got.email, got.role, base_url=settings.base_url, now=clock.now())
    said = gettext("Invitation sent to %(email)s. It holds for 14 days.") % {"email": got.email}
    return go(f"{BASE}/{organization_id}", Flash(said))


@post("/organizations/{organization_id:str}/members/{user_id:str}", status_code=303)
async def change_member(
    request: AnyRequest,
    tx: Given[Tx],
    person: Given[SignedIn],
    clock: Given[Clock],
    organization_id: FromPath[str],
    user_id: FromPath[str],
) -> Response[Any]:
    """Give a member another role, or end the membership."""
    member = await _member(tx, person, organization_id, Permission.MEMBER_MANAGE)
    role = str((await request.form()).get("role", ""))
    try:
        if role in {each.value for each in Role}:
            await actions.change_role(tx, member, UserId(user_id), Role(role), now=clock.now())
        else:
            await actions.remove_member(tx, member, UserId(user_id), now=clock.now())
    except Refused as refused:
        if refused.reason.status != 409:
            raise
        return go(f"{BASE}/{organization_id}", Flash(gettext(refused.say), "bad"))
    return go(f"{BASE}/{organization_id}", Flash(gettext("Role changed.") if role else gettext("Membership ended.")))


@post("/organizations/{organization_id:str}/verification", status_code=303)
async def request_verification(
    request: AnyRequest, tx: Given[Tx], person: Given[SignedIn], clock: Given[Clock], organization_id: FromPath[str]
) -> Response[Any]:
    """Ask for formal status."""
    member = await _member(tx, person, organization_id, Permission.ORGANIZATION_EDIT)
    form = await forms.read(request, Papers)
    if form.got is None:
        return await _page(tx, member, clock, status=422, papers=form)
    papers = VerificationPapers(**msgspec.structs.asdict(form.got))
    try:
        await actions.request_verification(tx, member, papers, now=clock.now())
    except Refused as refused:
        forms.take(form, refused)
        return await _page(tx, member, clock, status=refused.reason.status, papers=form)
    return go(f"{BASE}/{organization_id}", Flash(gettext("Asked. You get a mail with the answer.")))


HANDLERS: Final = (new_page, found, organization_page, edit, invite, change_member, request_verification)
