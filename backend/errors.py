"""The one exception that carries a sentence for the user."""


class OneTakeError(Exception):
    """Something the user can understand and act on.

    code: short and stable, for programs ("no_person"). message: one sentence for the user, with
    what to do. It is printed alone; the traceback goes to the log.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
