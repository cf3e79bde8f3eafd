"""Every error Leadline raises for a reason a user can act on.

A message says three things: what was given, what is allowed, what to do next.
The command line prints the message alone; a stack trace means a bug of ours.
"""


class LeadlineError(Exception):
    """Base of all errors that a user can act on.

    Parameters
    ----------
    message : str
        What was given and what is allowed.
    hint : str, optional
        The next thing to do, shown on a line of its own.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class ConfigurationError(LeadlineError):
    """A `leadline.toml`, a setting or an option says something that is not allowed."""

    exit_code = 2


class InputError(LeadlineError, ValueError):
    """A table, a file or an argument cannot be used as it is."""

    exit_code = 2


class NotEnoughDataError(InputError):
    """A statistic is undefined on the rows given; says how many it needs."""


class ConnectorError(LeadlineError):
    """Another system did not give its facts.

    Parameters
    ----------
    message : str
        What was asked of whom, and what came back.
    permanent : bool
        True when asking again cannot help (a wrong path, a broken object);
        false when it may (a network that is down).
    hint : str, optional
        The next thing to do.
    """

    exit_code = 3

    def __init__(self, message: str, *, permanent: bool, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.permanent = permanent


class ParityError(InputError):
    """A compiled model does not decide as the original does.

    Parameters
    ----------
    message : str
        How many rows differ, and the first of them.
    rows : tuple of int
        All rows of the sample that are decided otherwise, from 0.
    hint : str, optional
        The next thing to do.
    """

    def __init__(self, message: str, *, rows: tuple[int, ...], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.rows = rows
