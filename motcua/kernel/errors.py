"""Errors of the domain. Their message is a whole sentence for the person who can act on it."""


class DomainError(Exception):
    """Something in the domain forbids the act."""

    def __init__(self, message: str = "") -> None:
        self.message = message or (self.__doc__ or "")
        super().__init__(self.message)


class Refused(DomainError):
    """A rule refuses the act. `code` names the rule for tests and interfaces, `field` the form field concerned."""

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        self.code, self.field = code, field
        super().__init__(message)


class Conflict(DomainError):
    """Somebody else changed the object meanwhile; the message says who did what and when."""


class NotReady(DomainError):
    """The act is right but its time has not come: something it needs is still being made."""


class Temporary(DomainError):
    """A neighbour failed in a way that may pass; try again later."""


class Permanent(DomainError):
    """A neighbour refused for good; a person has to look at it."""
