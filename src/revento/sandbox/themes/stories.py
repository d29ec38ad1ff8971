"""Threads about stories: writing, worlds, science, screens and sound."""

from typing import Final

from revento.sandbox.models import Form, Subject, Theme

WORLDS: Final = Theme(
    "worlds",
    "Writing & Worlds",
    "For people who make things up and want them to hold water: rivers, gods, grammars, and the third chapter.",
    "#3f8f52",
    (
        Form("{subject}", "A talk of half an hour, then your questions, which are usually the better half.", 60, 120),
        Form(
            "Workshop: {subject}", "You write, we read, nobody is graded. Paper and pencils are on the tables.", 90, 22
        ),
        Form(
            "Panel: {subject}",
            "Four writers from four shelves of the bookshop, and one moderator who has read them all.",
            60,
            160,
        ),
        Form("Ten Pages: {subject}", "Bring ten printed pages; a small group reads them closely and kindly.", 90, 8),
        Form("{subject}: Readings", "Short readings by members and guests, each no longer than seven minutes.", 60, 60),
        Form("Translating {subject}", "One page, three translators, and a discussion of every comma.", 60, 40),
        Form(
            "{subject} for Beginners",
            "No text needed, no reading list. We start with a question and see how far we come.",
            60,
            30,
        ),
    ),
    (
        Subject(
            "Rivers That Flow Uphill",
            "Geography you can break, and the one law of water that readers will not forgive you.",
        ),
        Subject(
            "Gods with Office Hours", "Bureaucratic pantheons, small shrines, and prayers that get lost in the post."
        ),
        Subject("The Third Chapter", "Where most drafts die, and what an outline can and cannot do about it."),
        Subject("Villains Who Pay Rent", "Antagonists with a household, a calendar and a reason to be home by six."),
        Subject("Invented Grammars", "A language needs fewer words than you think and more exceptions."),
        Subject(
            "Food in Imaginary Places", "If you know what they eat, you know who works, who waits and who decides."
        ),
        Subject("Endings That Cost Something", "What a last page owes the first one."),
        Subject("Writing the City", "Streets as plot: shortcuts, markets, and the bridge that everybody must cross."),
        Subject("Quiet Apocalypses", "The end of a world as seen from the kitchen."),
        Subject("Unreliable Maps", "When the narrator drew the map, and the reader finds out."),
        Subject("Magic with a Price List", "Systems that people in the story would queue for, smuggle or tax."),
        Subject("Dialogue in the Dark", "Scenes in which only voices are left."),
        Subject("Old Heroes", "Protagonists past sixty, bad knees included."),
        Subject("Research Until It Hurts", "How much to know, and how little of it to show."),
    ),
    (
        "The reading list is on the table outside.",
        "There is a hearing loop in this room.",
        "Signing at the bookshop afterwards.",
        "Please silence your phone; your typewriter is welcome.",
        "The talk is recorded, the discussion is not.",
    ),
)

FUTURES: Final = Theme(
    "futures",
    "Science & Futures",
    "Scientists, engineers and people who read too much, on what is, what may come, and what should not.",
    "#1b8299",
    (
        Form("{subject}", "A lecture for curious people without formulas, followed by an honest discussion.", 60, 180),
        Form(
            "Kitchen-Table Science: {subject}",
            "An experiment that you can repeat at home, explained while it happens.",
            60,
            36,
        ),
        Form(
            "{subject}: Fact Check", "We take three famous scenes from books and films and see what survives.", 60, 140
        ),
        Form(
            "Scenario Lab: {subject}",
            "In groups we plan the next thirty years and then find out what we forgot.",
            90,
            30,
        ),
        Form("Ask an Expert: {subject}", "No slides. Two people from the field and every question you bring.", 60, 60),
        Form("{subject} on Foot", "A guided walk around the venue with stops where the subject can be seen.", 75, 20),
        Form(
            "{subject} in Five Objects", "Five things on a table, five stories, and time to touch all of them.", 45, 40
        ),
    ),
    (
        Subject("Listening to Ice", "What glaciers sound like, and what the sound tells about the winter of 1816."),
        Subject("Cities Without Cars", "Three cities that tried it: deliveries, winters, ambulances, neighbours."),
        Subject("Growing Food in Orbit", "Lettuce, salt, light and the smell of a closed room."),
        Subject(
            "The Mathematics of Queues", "Why the other line is faster, and how a convention can shorten all of them."
        ),
        Subject("Moss", "The oldest plant on land, and a teacher of patience."),
        Subject("Machines That Guess", "What statistics can know about you and what it only sounds sure of."),
        Subject("Tides and Timetables", "How ports learned to predict the sea, and what changes when the sea does."),
        Subject("Repair as Culture", "Things that last, the people who mend them, and the law that lets them."),
        Subject("Night Skies", "Light pollution measured from the roof, and a map of where it is still dark."),
        Subject("Fungi as Builders", "Panels, packaging and a chair that you may sit on, carefully."),
        Subject("Ships Between Stars", "What a crew of ten thousand has to agree on before the door closes."),
        Subject("Languages That Machines Forget", "Keeping small languages alive in a world of large models."),
        Subject("Bird Radio", "Migration by radar, and why the flocks avoid our city since spring."),
        Subject("Batteries, Honestly", "Where the energy goes at night, without slogans."),
    ),
    (
        "Slides and sources are linked afterwards.",
        "Sign language interpretation on request at the info desk.",
        "Children who ask questions are very welcome.",
        "Seats in front are kept for people who need to see lips.",
    ),
)

SCREEN: Final = Theme(
    "screen",
    "Screen & Sound",
    "Short films, radio plays, concerts and the people who cut, score and dub them.",
    "#a97a18",
    (
        Form(
            "Screening: {subject}",
            "With subtitles in English. The makers are in the room and stay for questions.",
            90,
            150,
        ),
        Form(
            "{subject}: Live on Stage",
            "Performed live with microphones, foley and whatever the kitchen had to spare.",
            75,
            200,
        ),
        Form("Masterclass: {subject}", "One scene, taken apart at the mixing desk.", 90, 25),
        Form("Listening Session: {subject}", "We dim the lights, listen together, and talk afterwards.", 60, 45),
        Form(
            "{subject} in One Evening",
            "Bring a phone and headphones; by the end of the evening there is something to show.",
            120,
            20,
        ),
        Form(
            "Concert: {subject}",
            "An hour of music with room to dance at the side and chairs for everybody else.",
            75,
            300,
        ),
        Form("{subject}: Behind the Scenes", "Sketches, outtakes and the budget, shown without shame.", 60, 80),
    ),
    (
        Subject("The Radio Play", "Seven voices, forty sounds and a script that was finished this morning."),
        Subject("Stop-Motion with Bread", "Twelve frames a second of dough that rises, walks and regrets."),
        Subject("Songs from the Saltmarsh", "Work songs and lullabies, old and newly invented, for three voices."),
        Subject("Scoring Silence", "Where the music has to stop so that the scene can begin."),
        Subject("Pilots That Never Flew", "First episodes of series that nobody ordered, and why we love them."),
        Subject("Foley from the Kitchen", "Celery for bones, rice for rain, and a cabbage with a long career."),
        Subject("Dubbing by Strangers", "New voices for old films, improvised by the audience."),
        Subject("Synthesizers and Seagulls", "Field recordings from the harbour, played through patient machines."),
        Subject("Five Minutes of Fame", "Short films under five minutes, chosen by members."),
        Subject("Title Sequences", "The two minutes that everybody skips and somebody drew for a year."),
        Subject("Choir of the Willing", "Four parts, no auditions, one concert at the end."),
        Subject("Film Without a Camera", "Scratching, painting and baking on old stock."),
        Subject("Costumes on Screen", "What a camera sees of a seam."),
        Subject("Fan Edits", "Other people's films, re-cut with love and a deadline."),
    ),
    (
        "Ear plugs are at the door.",
        "Flashing lights are announced before they happen.",
        "Blankets are in the box by the entrance.",
        "Late entry by the side door only, please.",
    ),
)

THEMES: Final = (WORLDS, FUTURES, SCREEN)
