"""Several clients of one fake Snowflake, their calls in an order that a test says."""

import threading
from collections import deque


class Interleaved:
    """Lets clients call one after another as `order` says; as they come when that is used up."""

    def __init__(self, fake, order):
        self.fake = fake
        self._order = deque(order)
        self._ended = set()
        self._changed = threading.Condition()

    def call(self, client, name, *arguments):
        with self._changed:
            self._changed.wait_for(lambda: not self._order or self._order[0] == client, 30)
            try:
                return getattr(self.fake, name)(*arguments)
            finally:
                if self._order:
                    self._order.popleft()
                self._move_on()

    def end(self, client):
        with self._changed:
            self._ended.add(client)
            self._move_on()

    def _move_on(self):
        while self._order and self._order[0] in self._ended:
            self._order.popleft()
        self._changed.notify_all()


class Client:
    """A Backend of one of them."""

    is_embedded = True
    has_ended = False
    is_gone = False
    place = "fake · DB.S"
    namespace = ("DB", "S")
    warehouse = None

    def __init__(self, shared, name):
        self._shared = shared
        self._name = name

    def knows(self, word):
        return self._shared.fake.knows(word)

    def last_stir(self):
        return b""

    def last_mark(self):
        return ""

    def last_end(self):
        return b""

    def rows(self, sql):
        return self._shared.call(self._name, "rows", sql)

    looks_at_once = False

    def looks(self, statements):
        return None

    def script(self, statements, looks=()):
        for sql in statements:  # each where another may come between
            self.rows(sql)

    def upload(self, content, location):
        self._shared.call(self._name, "upload", content, location)

    def upload_all(self, files):
        self._shared.call(self._name, "upload_all", files)

    def download(self, location):
        return self._shared.call(self._name, "download", location)

    def download_all(self, location, pattern):
        return self._shared.call(self._name, "download_all", location, pattern)


def together(fake, order, **acts):
    """What each act answered or raised: `{name: act}` with `act(backend)`, a thread for each."""
    shared, answers = Interleaved(fake, order), {}

    def do(name, act):
        try:
            answers[name] = act(Client(shared, name))
        except Exception as error:  # noqa: BLE001 - what a test looks at
            answers[name] = error
        finally:
            shared.end(name)

    threads = [threading.Thread(target=do, args=each) for each in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers
