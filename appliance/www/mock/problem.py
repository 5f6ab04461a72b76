"""What goes wrong in a request, as the server is to answer it."""


class Problem(Exception):
    def __init__(self, status, detail, path=None, headers=()):
        super().__init__(detail)
        self.status, self.detail, self.path, self.headers = status, detail, path, tuple(headers)


class Refused(Problem):
    """A configuration that is not taken."""

    def __init__(self, path, reason):
        super().__init__(422, reason, path)
