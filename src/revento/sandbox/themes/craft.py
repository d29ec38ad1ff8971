"""Threads about making: costumes, props, paper, wood and wire."""

from typing import Final

from revento.sandbox.models import Form, Subject, Theme

MAKERS: Final = Theme(
    "makers",
    "Makers & Costume",
    "Needles, glue guns, soldering irons. Whatever you wear or carry, somebody here can help you build it.",
    "#cc4f84",
    (
        Form(
            "Workshop: {subject}",
            "Materials are included in the ticket. You leave with something finished or nearly so.",
            90,
            14,
        ),
        Form(
            "{subject}: Drop-in", "Come with the thing that broke; leave with it mended, or at least understood.", 120
        ),
        Form(
            "Demonstration: {subject}",
            "Watch it done slowly by somebody who has done it a hundred times, and ask why.",
            60,
            50,
        ),
        Form("{subject} in an Hour", "One technique, one sample, no theory.", 60, 16),
        Form(
            "{subject} for Small Hands",
            "For children from six with an adult. Blunt scissors, bright colours, glue that washes out.",
            60,
            18,
        ),
        Form(
            "Show and Tell: {subject}",
            "Five makers, ten minutes each, and a table where everything may be touched.",
            75,
            60,
        ),
        Form("Advanced {subject}", "For people who know the basics and want to know why theirs comes apart.", 120, 10),
    ),
    (
        Subject("Lantern Making", "Split cane, tissue paper and wheat paste, bright enough for the closing parade."),
        Subject("Bookbinding", "A pocket book in long-stitch, with endpapers from misprinted maps."),
        Subject("Foam Armour", "Heat, seams and paint, so that it looks like iron and survives a staircase."),
        Subject("Natural Dyes", "Onion skin, walnut and madder, and the patience between them."),
        Subject("Wigs and Beards", "Ventilating, gluing, and taking off without tears."),
        Subject("Soft Circuits", "Conductive thread, coin cells and a cape that glows when you turn."),
        Subject("Mask Casting", "Plaster bandages, a straw for the nose, and twenty quiet minutes."),
        Subject("Hand Sewing", "Five stitches that hold a costume together when the machine is at home."),
        Subject("Prop Letters", "Ink, seals, ageing with tea, and handwriting that is not yours."),
        Subject("Leather Pouches", "Cut, punch, stitch. The needle does the work if you let it."),
        Subject("Miniature Painting", "Thin paint, good light and three brushes: enough for a small army."),
        Subject("Paper Marbling", "A tray of thick water and colours that float exactly once."),
        Subject("Wire Jewellery", "Loops, coils and a pair of pliers that you may keep."),
        Subject("Repair Corner", "Zips, straps, buckles, spectacles. We have glue for almost everything."),
    ),
    (
        "Aprons are there; please do not wear your best costume.",
        "The room is ventilated and has a sink.",
        "Left-handed tools are in the blue box.",
        "A waiting list is kept at the door.",
        "Children under twelve come with an adult.",
    ),
)

THEMES: Final = (MAKERS,)
