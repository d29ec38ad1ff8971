"""The people of the sandbox. All of them are invented; so are their addresses."""

from typing import Final

from revento.sandbox.models import Person

_DOMAIN: Final = "sandbox.example"
INTEGRATOR: Final = f"integrator@{_DOMAIN}"

STAFF: Final = (
    Person("Odile Marchetti", f"operator@{_DOMAIN}", "operator"),
    Person("Mara Lindholm", f"organizer@{_DOMAIN}", "organizer"),
    Person("Joost van Rijn", f"joost.van.rijn@{_DOMAIN}", "organizer"),
    Person("Femi Adeyemi", f"reviewer@{_DOMAIN}", "reviewer"),
    Person("Katarzyna Zielińska", f"katarzyna.zielinska@{_DOMAIN}", "reviewer"),
    Person("Ines Ferreira", INTEGRATOR, "integrator"),
)
# organization key -> e-mail of its owner, further seats as (e-mail, role in the organization)
OWNERS: Final = {"lanternfold": f"organizer@{_DOMAIN}", "saltmarsh": f"joost.van.rijn@{_DOMAIN}"}
SEATS: Final = {
    "lanternfold": (
        (f"joost.van.rijn@{_DOMAIN}", "organizer"),
        (f"reviewer@{_DOMAIN}", "reviewer"),
        (f"katarzyna.zielinska@{_DOMAIN}", "reviewer"),
        (INTEGRATOR, "organizer"),
    ),
    "saltmarsh": (
        (f"organizer@{_DOMAIN}", "organizer"),
        (f"reviewer@{_DOMAIN}", "reviewer"),
        (f"katarzyna.zielinska@{_DOMAIN}", "viewer"),
        (INTEGRATOR, "organizer"),
    ),
}

NAMES: Final = (
    "Nora Veld", "Leila Haddad", "Marcus Oyelaran", "Sofia Lindqvist", "Elif Demir", "Tomasz Wieczorek", "Dara Okafor",
    "Ben Hartley", "Hana Sato", "Ruth Abelson", "Ignacio Prieto", "Wren Castellan", "Aoife Brennan", "Milan Horvat",
    "Priya Raman", "Anselm Kröger", "Yusuf Karaca", "Freya Nygaard", "Chidi Eze", "Lucía Santos", "Oskar Blom",
    "Mei-Ling Chou", "Gareth Pugh", "Zofia Nowak", "Thandiwe Mokoena", "Emil Sørensen", "Camille Laurent",
    "Viktor Hlaváč",
    "Amara Diallo", "Jonas Reuter", "Silvia Conti", "Rashid Mansour", "Petra Jansen", "Kenji Arai", "Olena Kovalenko",
    "Dominic Shaw", "Marit Haugen", "Beatriz Lopes", "Arjun Mehta", "Greta Sandberg", "Nikos Papadakis",
    "Saoirse Walsh",
    "Fatima Zahra Alami", "Hugo Desrosiers", "Tuuli Mäkinen", "Andrei Popescu", "Josephine Baker-Lind",
    "Caspar ter Horst",
    "Delphine Okoro", "Matteo Ricci", "Ylva Berg", "Samir Nasser", "Agnes Tóth", "Theo Brandt", "Isolde Maurer",
    "Kwame Boateng", "Lena Fischer", "Rafael Duarte", "Sunniva Dahl", "Noor de Wit",
)  # fmt: skip
_PLAIN: Final = str.maketrans("łńśźżóąęćéèíñöøäåčřšúáúóőőí", "lnszzoaeceeinooaacrsuauoooi")


def participants() -> list[Person]:
    """Everybody who applies somewhere."""
    return [Person(name, f"{_local(name)}@{_DOMAIN}", "participant") for name in NAMES]


def _local(name: str) -> str:
    plain = name.lower().translate(_PLAIN)
    return ".".join(
        "".join(letter for letter in part if letter.isascii() and letter.isalnum()) for part in plain.split()
    )


DIETS: Final = (
    "", "Vegetarian", "Vegan", "No nuts, please: allergy", "Lactose-free", "Halal", "Gluten-free (coeliac)", "", "",
    "Eats everything, twice", "No mushrooms", "Pescetarian",
)  # fmt: skip
OFFERS: Final = (
    "I can run two tables a day and explain rules until somebody laughs.",
    "A workshop on hand sewing, and a suitcase full of thread.",
    "Mostly curiosity. I have been reading along for years and would like to see it from inside.",
    "I play the concertina and can be woken for emergencies.",
    "Five years of first aid, calm nerves, and a driving licence for the van.",
    "My children (7 and 9), who ask better questions than I do.",
    "A talk about river deltas in fiction, with far too many maps.",
    "Lantern parade experience from two other conventions. I bring my own glue.",
    "I would like to help at the door in the mornings and play in the evenings.",
    "A prototype that has been broken by four groups and deserves a fifth.",
    "Soup. I cook for sixty without shouting.",
    "Nothing yet! It is my first convention and I would like to learn how this works.",
    "I photograph, and I know when to put the camera away.",
    "A choir arrangement for people who say that they cannot sing.",
)
SHIRTS: Final = ("None", "S", "M", "L", "XL", "M", "L", "XS", "XXL")
CONTACTS: Final = ("partner", "sister", "brother", "mother", "flatmate", "friend")
# What is asked for, and which answer it is about.
REVISION_NOTES: Final = (
    ("Please check the emergency number: one digit is missing.", "emergency_contact"),
    ("Lovely idea! How many people fit in your workshop, and do you need water in the room?", "about_you"),
    ("Please tell us a little more: what would people do or see with you?", "about_you"),
    ("The date of arrival is before the doors open. Is that a typing mistake?", "arrives_on"),
)
REJECTION_NOTES: Final = (
    "All host places are taken this year. You are very welcome to apply again as a participant.",
    "We could not reach you about the shift plan. Please apply again in the next wave.",
    "This event is for adults; we would love to see you at the summer festival.",
)
