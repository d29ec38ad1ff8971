"""What people type into a search box, as patterns for ILIKE."""


def anywhere(words: str) -> str:
    """The pattern that finds `words` anywhere; its %, _ and backslashes mean themselves."""
    literal = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%"


def each(words: str) -> list[str]:
    """One pattern for every word, for `ILIKE ALL`."""
    return [anywhere(word) for word in words.split()]
