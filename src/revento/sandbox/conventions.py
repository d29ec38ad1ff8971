"""The conventions of the sandbox: who holds them, where, when, and what applicants are asked."""

from datetime import timedelta
from typing import Final

from revento.sandbox.models import Building, Convention, Organization, Question, Room

ORGANIZATIONS: Final = (
    Organization(
        "lanternfold",
        "Lanternfold Society",
        "A members' society for games, stories and made things. It has held conventions on the coast since 2009.",
    ),
    Organization(
        "saltmarsh",
        "Saltmarsh Collective",
        "Larp writers, musicians and cooks who turn a disused dairy into somewhere else for a few days each year.",
    ),
)

_PRACTICAL: Final = (
    Question(
        "dietary_notes",
        "Dietary notes",
        "text",
        is_shared=True,
        help_text="Allergies and what you do not eat. The kitchen reads this, and nobody else.",
    ),
    Question(
        "t_shirt_size", "T-shirt size", "choice", is_shared=True, options=("None", "XS", "S", "M", "L", "XL", "XXL")
    ),
    Question("first_time", "Is this your first time with us?", "boolean", is_shared=True),
    Question(
        "emergency_contact",
        "Emergency contact",
        "text",
        is_shared=False,
        required=True,
        help_text="A name and a number. Only the organizers on duty see it.",
    ),
    Question("about_you", "What will you bring to the convention?", "long_text", is_shared=False, required=True),
    Question("arrives_on", "Day of arrival", "date", is_shared=False),
)


def _form(*tracks: str, extra: tuple[Question, ...] = ()) -> tuple[Question, ...]:
    favorite = Question("favorite_track", "Favourite track", "choice", is_shared=True, required=True, options=tracks)
    return (favorite, *_PRACTICAL, *extra)


_HARBOUR: Final = (
    Building(
        "Grain Hall",
        (
            Room(
                "Silo Stage", "Ground floor", 320, "screen", "Step-free access, hearing loop, reserved seats in front"
            ),
            Room("Cutting Room", "Ground floor", 60, "screen"),
            Room("Weighhouse", "Ground floor", 90, "tabletop"),
            Room("Sack Loft", "First floor", 70, "tabletop"),
            Room("Ropewalk", "First floor", 48, "makers", "Step-free access, adjustable tables"),
            Room("Sail Room", "First floor", 36, "makers"),
        ),
    ),
    Building(
        "Customs House",
        (
            Room("Long Counter", "Ground floor", 180, "worlds", "Step-free access, hearing loop"),
            Room("Reading Room", "First floor", 60, "worlds"),
            Room("Seal Office", "First floor", 60, "futures"),
            Room("Observatory", "Second floor", 120, "futures", "Lift to the second floor, one step inside"),
        ),
        "Lift from the courtyard",
    ),
)

_DAIRY: Final = (
    Building(
        "Old Dairy",
        (
            Room("Churn Hall", "Ground floor", 220, "screen", "Step-free access, hearing loop"),
            Room("Cold Store", "Ground floor", 60, "screen", "Two steps; a ramp is kept beside the door"),
            Room("Cheese Loft", "First floor", 40, "larp", "Stairs only"),
            Room("Milking Parlour", "Ground floor", 60, "larp"),
        ),
        "Lift to the first floor of the east wing",
    ),
    Building(
        "Orchard Barn",
        (
            Room("Threshing Floor", "Ground floor", 80, "family"),
            Room("Hayloft", "Upper floor", 40, "family", "Stairs only"),
            Room("Cider Press", "Ground floor", 50, "makers"),
            Room("Apple Store", "Upper floor", 24, "makers", "Stairs only"),
        ),
        "Ground floor step-free, no lift",
    ),
)

_SCHOOL: Final = (
    Building(
        "Main House",
        (
            Room("Assembly Hall", "Ground floor", 200, "tabletop", "Step-free access, hearing loop"),
            Room("Refectory", "Ground floor", 120, "tabletop"),
            Room("Room 11", "First floor", 36, "design"),
            Room("Room 12", "First floor", 36, "design"),
            Room("Library", "First floor", 40, "worlds", "Step-free access, quiet after eight"),
        ),
    ),
    Building(
        "Gymnasium",
        (
            Room("Gallery", "Upper floor", 60, "worlds", "Stairs only"),
            Room("Wooden Floor", "Ground floor", 90, "community"),
            Room("Equipment Room", "Ground floor", 24, "community"),
        ),
        "Ramp on the west side",
    ),
)

_FORT: Final = (
    Building(
        "Gatehouse",
        (
            Room("Guardroom", "Ground floor", 30, "larp"),
            Room("Murder Hole", "Upper floor", 20, "larp", "Steep stairs"),
            Room("Chapel", "Ground floor", 60, "community"),
        ),
        "Cobblestones; a wheelchair path is marked",
    ),
    Building(
        "Barracks",
        (
            Room("East Dormitory", "Ground floor", 40, "larp"),
            Room("Armoury", "Ground floor", 24, "makers"),
            Room("Cookhouse", "Ground floor", 80, "community"),
            Room("Tailor's Room", "Upper floor", 16, "makers", "Stairs only"),
        ),
        "Ground floor step-free",
    ),
)

CONVENTIONS: Final = (
    Convention(
        key="saltmarsh-festival",
        organization="saltmarsh",
        title="Saltmarsh Festival of Play",
        description=(
            "Ten days in an old dairy between dunes and reed. **Mornings** belong to families, afternoons to the "
            "workshops, evenings to larps and concerts. Sleep in the hayloft, eat at one long table, and take the tide "
            "table seriously.\n\nThe festival is held by volunteers; every guest takes one shift in the kitchen."
        ),
        first_day=-1,
        days=10,
        time_zone="Europe/Amsterdam",
        venue="De Oude Melkfabriek, Texel",
        website_url="https://saltmarsh.example/festival",
        buildings=_DAIRY,
        themes=("larp", "family", "screen", "makers"),
        questions=_form(
            "Larp",
            "Family & First-Timers",
            "Screen & Sound",
            "Makers & Costume",
            extra=(
                Question(
                    "kitchen_shift",
                    "Kitchen shift",
                    "multi_choice",
                    is_shared=True,
                    options=("Breakfast", "Lunch", "Dinner", "Dishes"),
                ),
            ),
        ),
        closes_at=timedelta(hours=22),
    ),
    Convention(
        key="lanternfold-tides",
        organization="lanternfold",
        title="Lanternfold: Tides",
        description=(
            "Three days of games, stories and made things in the old grain harbour. Five threads run side by side "
            "from ten in the morning until the last boat; the closing parade starts at the Silo Stage with "
            "whatever you have built.\n\n"
            "Members set the program, guests fill it. If it is your first time, begin at the Weighhouse."
        ),
        first_day=24,
        days=3,
        time_zone="Europe/Berlin",
        venue="Grain Harbour, Stralsund",
        website_url="https://lanternfold.example/tides",
        buildings=_HARBOUR,
        themes=("tabletop", "worlds", "makers", "screen", "futures"),
        questions=_form("Tabletop", "Writing & Worlds", "Makers & Costume", "Screen & Sound", "Science & Futures"),
        has_drafts=True,
    ),
    Convention(
        key="lanternfold-winterquarters",
        organization="lanternfold",
        title="Lanternfold: Winter Quarters",
        description=(
            "Our small sister: one long weekend in a boarding school out of term. Fewer rooms, more tea, and the "
            "annual assembly on Sunday after breakfast.\n\nThank you to the 34 people who carried the tables back."
        ),
        first_day=-38,
        days=3,
        time_zone="Europe/Berlin",
        venue="Schloss Torgelow, Mecklenburg",
        website_url="https://lanternfold.example/winter-quarters",
        buildings=_SCHOOL,
        themes=("tabletop", "design", "worlds", "community"),
        questions=_form("Tabletop", "Game Design", "Writing & Worlds", "Community"),
    ),
    Convention(
        key="ash-and-amber",
        organization="saltmarsh",
        title="Ash & Amber",
        description=(
            "A larp weekend for adults in a sea fort that nobody defends any more. Two parallel larps, a shared night, "
            "and a kitchen that stays in character.\n\nCasting closes four weeks before. Everybody talks to a safety "
            "host first."
        ),
        first_day=61,
        days=2,
        time_zone="Europe/Amsterdam",
        venue="Fort Kijkduin, Den Helder",
        website_url="https://saltmarsh.example/ash-and-amber",
        buildings=_FORT,
        themes=("larp", "makers", "community"),
        questions=_form(
            "Larp",
            "Makers & Costume",
            "Community",
            extra=(
                Question(
                    "tent_or_bed",
                    "Where will you sleep?",
                    "choice",
                    is_shared=True,
                    options=("Dormitory", "Own tent", "Elsewhere"),
                ),
            ),
        ),
        min_age="age_18_plus",
        opens_at=timedelta(hours=11),
        closes_at=timedelta(hours=23),
    ),
)
