"""A browser's long name for itself becomes what people call it, so that somebody knows their own sessions."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def name_of(browser: str) -> str:
    """`Firefox, Windows`; its own first word if it is none we know, and nothing of nothing."""
    named = next((name for mark, name in _BROWSERS if mark in browser), browser.partition("/")[0][:40])
    system = next((name for mark, name in _SYSTEMS if mark in browser), "")
    return ", ".join(filter(None, (named, system)))
