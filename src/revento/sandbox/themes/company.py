"""Threads about each other: families and newcomers, and the people who make conventions happen."""

from typing import Final

from revento.sandbox.models import Form, Subject, Theme

FAMILY: Final = Theme(
    "family",
    "Family & First-Timers",
    "Where everybody can start: short, friendly and never full of words that nobody explains.",
    "#3f8f52",
    (
        Form(
            "{subject}",
            "Forty-five minutes at a friendly pace. You can leave at any time and nobody will look.",
            45,
            40,
        ),
        Form("{subject} with Breakfast", "The same with rolls, fruit and a lot of tea.", 60, 50),
        Form("{subject} for Quiet People", "No rounds of introductions. Activities that work side by side.", 60, 16),
        Form(
            "{subject}: Parents' Edition", "For grown-ups while the children are at the next table, in sight.", 45, 24
        ),
        Form("Meet: {subject}", "Small groups at round tables that change every ten minutes.", 60, 48),
        Form("{subject} Before Bedtime", "The last thing in the family room before the lights go down.", 45, 30),
        Form("Big {subject}", "In the courtyard, with everybody who happens to pass.", 60),
    ),
    (
        Subject("How a Convention Works", "What the ribbons mean, where the water is, whom to ask, and when to eat."),
        Subject("Story Circle", "Everybody adds one sentence. The hedgehog appears sooner or later."),
        Subject("Treasure Hunt", "Eleven clues through three buildings; the treasure is edible."),
        Subject("Board Games for Six Hands", "Short games in which the youngest player begins and often wins."),
        Subject("Drawing Monsters", "Large paper, thick pens, and an exhibition in the corridor."),
        Subject("Sword School", "Foam swords, two rules, and a certificate with a seal."),
        Subject("Lullabies from Everywhere", "Songs that send people to sleep in nine languages."),
        Subject("Costume Parade Practice", "How to walk, wave and not step on the dragon."),
        Subject("Friendly Science", "Soap films, magnets and a volcano that behaves."),
        Subject("Finding Your People", "Bring a badge with three things that you could talk about for an hour."),
        Subject("Puppet Theatre", "Make a puppet, find it a voice, put it on stage."),
        Subject("Map of the Day", "Plan your next hours with somebody who has been here before."),
        Subject("Giant Chess", "The pieces are people. The bishops complain."),
        Subject("Kite Workshop", "Two sticks, one sheet and the wind behind the hall."),
    ),
    (
        "Pushchairs can be parked inside.",
        "There is a changing table and a quiet corner.",
        "Drinks and fruit are free here.",
        "Volunteers wear green scarves and know first aid.",
    ),
)

COMMUNITY: Final = Theme(
    "community",
    "Community",
    "The conversations between the program points: how we run this, how we treat each other, what we do next.",
    "#6f7f88",
    (
        Form("{subject}: Open Meeting", "Everybody may come, speak and vote. The minutes are public.", 60, 100),
        Form(
            "Round Table: {subject}",
            "Organizers of nine events compare notes, including the embarrassing ones.",
            90,
            30,
        ),
        Form(
            "{subject} in Practice", "A case, small groups, three answers and a discussion about their price.", 75, 36
        ),
        Form("{subject}: Lightning Talks", "Five minutes each, a gong, and applause either way.", 60, 120),
        Form("Help Desk: {subject}", "Bring the problem, not the solution. We have time.", 60),
        Form("{subject} after Hours", "The informal version, with soup.", 75, 60),
        Form("Training: {subject}", "For volunteers and people who might become one. With a certificate.", 90, 24),
    ),
    (
        Subject(
            "Running a Small Convention", "Two rooms, sixty people, one weekend: what it costs and what it gives back."
        ),
        Subject("Codes of Conduct", "Writing one is easy. We talk about the evening when you need it."),
        Subject(
            "Access for Everybody", "Ramps, captions, quiet rooms, and the form field that should not be required."
        ),
        Subject("Volunteers Who Come Back", "Thank-yous that work, shifts that end, and food that is warm."),
        Subject("Fair Sign-ups", "First come, lottery, or waiting list: who wins, who stays home."),
        Subject("Money Without Secrets", "Our accounts on one page, and every question about them."),
        Subject("First Aid", "Knees, heat, too little water, too much sword."),
        Subject("Data We Do Not Need", "What registration asks, who reads it, and what we have stopped collecting."),
        Subject("Sister Conventions", "Exchange programs, shared trucks and a common calendar."),
        Subject("Radio Discipline", "Short words, calm voices, and when to leave the channel."),
        Subject("Mediation", "Two people, one problem, and somebody who listens to both."),
        Subject("The Next Ten Years", "Who takes over, and what they are allowed to change."),
        Subject("Translating Together", "Program texts in four languages without losing the jokes."),
        Subject("Zero Waste Weekend", "Badges that return, cups that wash, signs without dates."),
    ),
    (
        "Minutes will be in the newsletter.",
        "You may join by phone; ask at the desk for the number.",
        "Snacks are provided; your opinions are expected.",
        "Whispered translation into German is available.",
    ),
)

THEMES: Final = (FAMILY, COMMUNITY)
