"""A backend that fails at one of its calls, in one of the ways in which targets fail."""

from sfdag_magics.errors import BackendError, ConnectError

#: What is asked of a target; each is one request, or one file after the other.
CALLS = ("rows", "script", "looks", "upload", "upload_all", "download", "download_all")


def _gone():
    return ConnectError("the network is gone")


def _expired():
    return ConnectError("Authentication token has expired", code=390114)


def _too_many():
    return BackendError("429: Too Many Requests", code=290429)


#: `{fault: the error, whether the call takes effect before, whether all later calls fail too}`.
FAULTS = {
    "not sent": (_gone, False, False),
    "answer lost": (_gone, True, False),
    "network gone": (_gone, False, True),
    "session expired": (_expired, False, True),
    "rate limit": (_too_many, False, False),
    "rate limit goes on": (_too_many, False, True),
}


class Faulty:
    """Hands on all that is asked of another backend; of its calls the n-th has the fault.

    Args:
        at: the number of the call, from 1; 0 for none.
    """

    def __init__(self, backend, at=0, fault=None):
        self._backend = backend
        self._at = at
        self._fault = FAULTS.get(fault)
        self.asked = []  # what each call was, in a word

    def __getattr__(self, name):
        found = getattr(self._backend, name)
        return self._counted(name, found) if name in CALLS else found

    def _counted(self, name, do):
        def call(*arguments):
            if name == "looks" and not self._backend.looks_at_once:
                return None
            self.asked.append(_word(name, *arguments))
            if self._fault is None or len(self.asked) < self._at:
                return do(*arguments)
            error, takes_effect, goes_on = self._fault
            if len(self.asked) > self._at and not goes_on:
                return do(*arguments)
            if takes_effect:
                do(*arguments)
            raise error()

        return call


def _word(name, *arguments):
    """What a call asks, for people."""
    if name == "rows":
        return _first_words(arguments[0])
    if name == "script":
        more = f" … ({len(arguments[0])} statements)" if len(arguments[0]) > 1 else ""
        return f"{_first_words(arguments[0][0])}{more}"
    return {"looks": "look", "upload": "PUT", "upload_all": "PUT"}.get(name, "GET")


def _first_words(sql):
    words = (word for word in sql.partition("(")[0].split()[:5] if "@" not in word)
    return " ".join(word for word in words if word.isupper()).removesuffix(" COMMENT")
