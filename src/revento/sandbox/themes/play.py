"""Threads about playing: at the table, in costume, and about how games are made."""

from typing import Final

from revento.sandbox.models import Form, Subject, Theme

TABLETOP: Final = Theme(
    "tabletop",
    "Tabletop",
    "Board games, card games and role-playing at the table, from a first game before lunch to the last at midnight.",
    "#d0603d",
    (
        Form(
            "Learn to Play: {subject}",
            "We explain the rules in fifteen minutes and then play a full round together.",
            75,
            12,
        ),
        Form(
            "{subject}: Open Table",
            "Drop in, take a free chair, leave when you have to. Somebody who knows the rules is always at the table.",
            120,
        ),
        Form(
            "{subject} for Two Generations",
            "A gentler version with shorter turns, for children and the grown-ups they bring.",
            60,
            16,
        ),
        Form(
            "Tournament: {subject}",
            "Swiss rounds, then a final on the big table. Prizes are small, silly and made by volunteers.",
            120,
            32,
        ),
        Form(
            "{subject}: What the Designer Meant",
            "Two designers and a stubborn player take the rules apart and look at what they do to people.",
            60,
            60,
        ),
        Form(
            "Late Table: {subject}",
            "Tea, low light and one long game. Come awake and stay to the end.",
            120,
            8,
            "age_16_plus",
        ),
        Form(
            "{subject} House Rules Exchange",
            "Bring the rule that only your group plays by and try three that others swear on.",
            60,
            20,
        ),
    ),
    (
        Subject(
            "Lighthouse Keepers", "A cooperative game about six keepers, one boat and a winter that comes too early."
        ),
        Subject(
            "The Salt Ledger",
            "Trade salt, owe favours, and find out whose accounts were honest when the harbour freezes.",
        ),
        Subject(
            "Moth & Lantern", "A quick card game of bluffing in which the brightest hand is rarely the winning one."
        ),
        Subject("Nine Bridges", "Nine bridges, eight toll keepers, and a map that grows as you argue about it."),
        Subject("Under the Glass Mountain", "A dungeon of mirrors for four heroes who may not trust what they see."),
        Subject(
            "Beekeepers of Orrin", "Grow a meadow, keep the peace between hives, and do not eat all the honey at once."
        ),
        Subject("Cartographers' Quarrel", "Everybody draws the same coast. Nobody agrees where the sea begins."),
        Subject("The Last Tram", "Five strangers, one tram, the end of the line. A storytelling game without dice."),
        Subject("Kingdom of Crumbs", "Mice rebuild a kingdom on a kitchen table. There is a cat, and she is patient."),
        Subject("Signal Fires", "Pass messages along a chain of hilltops with only three words and a lot of hope."),
        Subject("Paper Dragons", "Fold your dragon, then race it. Creases count as strategy."),
        Subject(
            "The Clockmaker's Debt", "Wind the town's clocks before they notice that you owe every one of them an hour."
        ),
        Subject("Harvest of Masks", "A hidden-role game for a village where everybody wears a face for the season."),
        Subject(
            "Sixteen Sails", "Fleets the size of your palm fight over wind. Games take twenty minutes, grudges longer."
        ),
    ),
    (
        "No experience needed.",
        "Copies of the game are at the library desk afterwards.",
        "If the table is full, put your name on the board and we open a second one.",
        "Content notes are on the sign at the table.",
        "Sleeves and dice are there; bring reading glasses if you need them.",
    ),
)

LARP: Final = Theme(
    "larp",
    "Larp",
    "Live role-play in all sizes: chamber larps for six, a court for sixty, and the workshops that make them good.",
    "#8a6bd0",
    (
        Form(
            "{subject}: a Chamber Larp",
            "A complete larp with prewritten characters, a short workshop before and a talk afterwards.",
            120,
            14,
            "age_16_plus",
        ),
        Form(
            "{subject} (Second Run)",
            "The same larp with a new cast. If you played the first run, please leave the place to somebody else.",
            120,
            14,
            "age_16_plus",
        ),
        Form(
            "Workshop: {subject} in Play",
            "Exercises in pairs and small groups. We try it out, stop, talk, and try again.",
            90,
            24,
        ),
        Form(
            "Fireside: {subject}",
            "A conversation in a circle of chairs, with stories from games that went well and games that did not.",
            60,
            40,
        ),
        Form(
            "{subject} for Young Players",
            "A larp for eight to twelve-year-olds with a clear mission, foam swords and a snack in the middle.",
            90,
            20,
        ),
        Form(
            "Writing {subject}", "Two writers show the notes, the first draft and what the players did with it.", 60, 50
        ),
        Form(
            "Night Game: {subject}",
            "Played outdoors and by torchlight, with a safety briefing that you cannot skip.",
            120,
            30,
            "age_18_plus",
        ),
    ),
    (
        Subject(
            "The Ferryman's Wake", "Everybody at the wake owed the dead man a secret. By sunrise somebody has to pay."
        ),
        Subject("Court of Small Crimes", "A village court hears tiny offences, and discovers how large they were."),
        Subject(
            "Calibration and Consent",
            "How to agree on intensity beforehand, and how to change your mind in the middle of a scene.",
        ),
        Subject("The Weather Office", "Clerks decide next week's weather. The farmers are waiting in the corridor."),
        Subject("Losing Gracefully", "Play to lift others, lose the duel, and have the best scene of the night."),
        Subject(
            "Letters from the Dike", "Families on both sides of a flooded dike, told in letters that are read aloud."
        ),
        Subject(
            "Silence as a Tool", "What happens in a scene when nobody speaks for a whole minute, and why that is hard."
        ),
        Subject(
            "The Orchard Accord", "Three families, one orchard and a treaty that must be signed before the apples fall."
        ),
        Subject("Improvised Ritual", "How a group invents a ritual on the spot that feels a hundred years old."),
        Subject(
            "The Long Table", "A dinner party in which the menu decides who speaks. Food is real; allergies are asked."
        ),
        Subject(
            "Crew of the Halcyon",
            "A starship with a broken engine and a crew that has stopped telling each other the truth.",
        ),
        Subject(
            "Costume as Character", "What your sleeves do to your shoulders, and your shoulders to your character."
        ),
        Subject("The Archive Burns", "You have one hour to decide which hundred books are carried out."),
        Subject("De-roling", "Leaving a character behind: habits of groups from six countries, tried together."),
    ),
    (
        "Playable in English; a facilitator speaks German and Polish.",
        "Comfortable shoes are all the costume that you need.",
        "The opt-out signals are explained at the start and work for everybody.",
        "Please be on time: the doors close when the workshop begins.",
        "There is a quiet room next door.",
    ),
)

DESIGN: Final = Theme(
    "design",
    "Game Design",
    "Prototypes, playtests and arguments about rules. Come with a napkin, leave with a game that breaks in new places.",
    "#4a7bd0",
    (
        Form(
            "Playtest: {subject}",
            "Designers bring prototypes, you bring honesty. Every table has a form for what you felt and when.",
            90,
            24,
        ),
        Form(
            "{subject}: a Post-Mortem",
            "What was planned, what shipped, what the players did instead. With numbers.",
            60,
            80,
        ),
        Form("Clinic: {subject}", "Fifteen minutes for each project, in public, with two friendly critics.", 90, 18),
        Form(
            "{subject} from Scratch",
            "In ninety minutes from an empty sheet to something that can be played badly.",
            90,
            20,
        ),
        Form(
            "Argument: {subject}",
            "Two designers who disagree, a moderator with a bell, and an audience that votes before and after.",
            60,
            120,
        ),
        Form(
            "Reading Rules Aloud: {subject}",
            "We read a rulebook slowly and mark every word that made somebody frown.",
            60,
            16,
        ),
        Form(
            "{subject} on a Budget",
            "Paper, blank cards, a printer at the library: what can be tested before anybody pays for art.",
            60,
            30,
        ),
    ),
    (
        Subject("Dice Nobody Rolls", "When chance is only decoration, and how to tell before the players do."),
        Subject("Economies That Leak", "Every game with money loses it somewhere. We look for the holes."),
        Subject("Tutorials Without Text", "Teaching by letting people fail in a place where it does not hurt."),
        Subject("Games for One", "Solitaire is a conversation with the rules. How to make the other side interesting."),
        Subject("Cooperative Tension", "Why the loudest player plays for everybody, and five ways to stop it."),
        Subject("Short Campaigns", "Stories that end after four evenings, because that is when people have time."),
        Subject("Colour-Blind by Default", "Shapes, patterns and numbers: games that one in twelve men can also read."),
        Subject("Luck Late, Skill Early", "Where in a game randomness feels fair, measured in three prototypes."),
        Subject("Legacy Stickers", "Games that change for good, and what that asks of a group."),
        Subject("Rules for Children", "What seven-year-olds changed in our rules, and why they were right."),
        Subject("Maps That Argue", "A map is an opinion. Making one that players want to correct."),
        Subject("The Two-Hour Promise", "Cutting a game that takes four until it keeps what it promised on the box."),
        Subject("Failing Forward", "Rules in which a bad roll makes the evening better."),
        Subject("Digital Twins", "When an app beside the board helps, and when everybody stares at it."),
    ),
    (
        "Bring a prototype if you have one; paper is fine.",
        "Feedback forms are collected and returned the same evening.",
        "The slides will be linked from the program afterwards.",
        "Pens, blank cards and tokens are on the shelf.",
    ),
)

THEMES: Final = (TABLETOP, LARP, DESIGN)
