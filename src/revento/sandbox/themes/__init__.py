"""The words of the sandbox: threads, and what is said, played, made and sung in them."""

from typing import Final

from revento.sandbox.models import Theme
from revento.sandbox.themes import company, craft, play, stories

ALL: Final[dict[str, Theme]] = {
    theme.key: theme for theme in (*play.THEMES, *stories.THEMES, *craft.THEMES, *company.THEMES)
}
