"""The text pages of each convention: what its guests find under "Extras"."""

from typing import Final

import msgspec

from revento.events.webview_pages import actions
from revento.events.webview_pages.models import PageFacts, Visibility
from revento.identity.proofs import PageEditor
from revento.kernel.ids import PageId
from revento.sandbox.stage import Scene


class Handout(msgspec.Struct, frozen=True):
    """A page of Markdown, and who finds it."""

    key: str
    title: str
    body: str
    visibility: Visibility = "everyone"


HANDOUTS: Final = {
    "saltmarsh-festival": (
        Handout(
            "travel",
            "Boat, bike, barn",
            """\
The ferry from Den Helder takes twenty minutes and goes every hour, on the half hour. **The last one back leaves at
21:30**; whoever misses it sleeps in the hayloft and helps with breakfast.

| Start | How | Takes |
|---|---|---|
| The harbour | bus 28, stop *Melkfabriek* | 25 minutes |
| The harbour | bicycle, along the dike | 40 minutes with the wind |
| The campsite | on foot, through the reed | 10 minutes, not at spring tide |

Cars stay at the dairy gate. If you bring an instrument, a loom or a cannon, ring us and we come with the cart.
""",
        ),
        Handout(
            "kitchen",
            "Kitchen rota and house rules",
            """\
## One shift each

Everybody takes **one kitchen shift** in ten days. The rota hangs beside the churn; swap freely, and write the swap
down.

## In the house

- Quiet in the lofts from eleven. The Churn Hall may be loud until one.
- Shoes off above the ground floor: the boards are older than all of us.
- A red ribbon means *don't talk to me just now*, in every larp and at breakfast.
- Dogs are welcome outdoors. The geese were here first.

Something is wrong, or somebody is? Find a person with a yellow cap, at any hour.
""",
            "registered",
        ),
    ),
    "lanternfold-tides": (
        Handout(
            "travel",
            "Getting to the Grain Harbour",
            """\
The harbour is **twelve minutes on foot from Stralsund station**: out at the front, down to the water, then left
along the quay until you smell rope.

- **By train:** regional trains from Rostock and Berlin stop at Stralsund Hbf until shortly before midnight.
- **By boat:** the Hiddensee ferry lands opposite the Customs House. The *last boat* on Saturday waits for the parade.
- **By car:** the quay is closed to cars. Park at the Ozeaneum and walk; unloading is possible from eight to ten.

The Customs House has a lift from the courtyard. For everything else that helps you get in and around, write to us
before you come, so that it is there when you are.
""",
        ),
        Handout(
            "rules",
            "House rules",
            """\
1. **Ask first.** Before you photograph, before you touch a costume, before you join a table that is playing.
2. **Tables are for those who signed up** until five minutes after the start, then for whoever stands beside them.
3. **Nobody is too new.** Explain the rules once more, and leave out the part about how you won.
4. The Ropewalk has sharp tools. Under sixteen only with somebody who is responsible for you.
5. What is lent is brought back to the Weighhouse before the last boat.

Who breaks them hears about it once, kindly. The awareness team sits in the Seal Office, daily from ten to midnight.
""",
        ),
        Handout(
            "packing",
            "What to pack",
            """\
For those with a place:

- a **lantern**, or things to build one from; we have candles and no matches
- a cup. The tea is free, cups are not
- something warm: the Silo Stage keeps the cold of the grain
- dice, pens, the needle you trust
- your confirmation, on paper or on this phone

Don't pack glitter. The harbour master remembers.
""",
            "registered",
        ),
    ),
    "lanternfold-winterquarters": (
        Handout(
            "travel",
            "How to find the school",
            """\
From Torgelow station a minibus goes at 15:10, 17:10 and 19:10 on Friday, and back on Sunday after lunch. It holds
sixteen people and their games; heavy boxes go on the second trip.

On foot it is four kilometres through the wood. The path is lit for exactly three of them.
""",
        ),
    ),
    "ash-and-amber": (
        Handout(
            "safety",
            "Safety and calibration",
            """\
Everybody talks to a **safety host** before the first scene. It takes ten minutes and is not a test.

| Sign | Means |
|---|---|
| a hand flat over the eyes | I walk out of this scene, don't follow me |
| "amber" | slower, or less of this |
| "ash" | stop, at once, for everybody |

The chapel is out of play at all times: warm, quiet, with somebody in it. Nobody has to say why they are there.
""",
            "participants",
        ),
        Handout(
            "travel",
            "The way to the fort",
            """\
From Den Helder station bus 30 goes to *Kijkduin*. From the gate it is cobblestones; a path for wheelchairs is
marked with white stones and leads to the Chapel, the Armoury and the Cookhouse.

Bring a torch, boots and a sleeping bag for cold rooms. The tide decides when the causeway is open: this Saturday
until 18:40, and not a minute longer.
""",
        ),
    ),
}


async def lay_out(scene: Scene, editor: PageEditor) -> None:
    """\
The convention's pages under the same ids as ever; those that somebody added stay.
"""
    for each in HANDOUTS[scene.convention.key]:
        facts = PageFacts(kind="text", title=each.title, body=each.body, visibility=each.visibility, is_published=True)
        await actions.put(scene.tx, editor, PageId(scene.id("wvp", each.key)), facts, now=scene.planned_at)
