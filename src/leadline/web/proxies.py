"""How many servers stand between a browser and Leadline."""

from __future__ import annotations

from leadline.errors import ConfigurationError


def trusted_proxies(said: str) -> int:
    """Return how many addresses at the end of X-Forwarded-For one's own servers wrote.

    Raises
    ------
    ConfigurationError
        It is no whole number from 0 on.
    """
    if not said.strip().isdecimal():
        raise ConfigurationError(
            f"LEADLINE_TRUSTED_PROXIES is {said!r} and has to be a whole number, 0 or more",
            hint="1 for one server in front that adds the browser's address to "
            "X-Forwarded-For; 0 where browsers reach Leadline themselves.",
        )
    return int(said)
