"""Cells that ship the word `hunter2-very` or another secret, in every form that was met."""

from __future__ import annotations

#: The cells, and what the task uses.
PLANTED = {
    "a global": (["DB_PASSWORD = 'hunter2-very'"], "DB_PASSWORD"),
    "a class": (["class Db: password = 'hunter2-very'"], "Db.password"),
    "an attribute set later": (["class Db: pass\nDb.api_key = 'hunter2-very'"], "Db.api_key"),
    "an instance": (["class Db: pass\nd = Db(); d.token = 'hunter2-very'"], "d.token"),
    "a helper": (["def conn():\n    pwd = 'hunter2-very'\n    return pwd"], "conn()"),
    "a default": (["def conn(u, password='hunter2-very'): return u"], "conn(1)"),
    "a keyword default": (["def conn(*, password='hunter2-very'): return 1"], "conn()"),
    "a keyword": (["def c(**k): return k\ndef d(): return c(secret='hunter2-very')"], "d()"),
    "a key": (["def d(): return {'a': {'password': 'hunter2-very'}}"], "d()"),
    "a nested global": (["C = {'db': [{'password': 'hunter2-very'}]}"], "C"),
    "headers": (["def d(): return {'Authorization': 'Bearer hunter2-very'}"], "d()"),
    "global headers": (["H = {'Authorization': 'Bearer hunter2-very'}"], "H"),
    "a header by its key": (["def d(h): h['X-Api-Key'] = 'hunter2-very'"], "d({})"),
    "an attribute": (["class A:\n    def __init__(s): s.token = 'hunter2-very'"], "A()"),
    "a closure": (
        ["def mk(password):\n    return lambda: password\nf = mk('hunter2-very')"],
        "f()",
    ),
    "a partial": (
        [
            "import functools\ndef c(password): return 1",
            "f = functools.partial(c, password='hunter2-very')",
        ],
        "f()",
    ),
    "a URL": (["def d(): return 'https://user:hunter2-very@example.com'"], "d()"),
    "a key of AWS": (["def d(): return 'AKIAHUNTER2VERYHUNTE'"], "d()"),
    "a pair": (["creds = ('bob', 'hunter2-very')"], "creds"),
    "a comment": (["def d():\n    # AKIAHUNTER2VERYHUNTE\n    return 1"], "d()"),
    "a walrus": (["def d():\n    if (token := 'hunter2-very'): return token"], "d()"),
    "bytes": (["SECRET = b'hunter2-very'"], "SECRET"),
    "a dataclass": (
        [
            "import dataclasses\n@dataclasses.dataclass\n"
            "class D:\n    password: str = 'hunter2-very'"
        ],
        "D()",
    ),
    "an argument": (
        ["def c(u, password): return 1\ndef d(): return c('u', 'hunter2-very')"],
        "d()",
    ),
    "an argument of a class": (
        ["class C:\n    def __init__(self, u, pwd): pass\ndef d(): return C('u', 'hunter2-very')"],
        "d()",
    ),
    "an argument that an object keeps under a name that says nothing": (
        [
            "class C:\n    def __init__(self, user, password):\n"
            "        self.u, self.p = user, password\nc = C('bob', 'hunter2-very')"
        ],
        "c.u",
    ),
    "a pair of a header and its scheme": (
        ["H = [('Accept', '*'), ('Authorization', 'Token hunter2-very')]"],
        "H",
    ),
    "an argument of a partial": (
        [
            "import functools\ndef c(user, password): return 1",
            "f = functools.partial(c, 'u', 'hunter2-very')",
        ],
        "f()",
    ),
    "a row that a call is given": (
        ["def c(user, password): return 1\nARGS = ('bob', 'hunter2-very')"],
        "c(*ARGS)",
    ),
    "a row of its own that a call is given": (
        [
            "def c(user, password, *more): return 1\n"
            "def d():\n    args = ['bob', 'hunter2-very']\n    return c(*args, 1)"
        ],
        "d()",
    ),
    "a row behind an argument": (
        [
            "import functools\ndef c(host, user, password): return 1\nA = ('bob', 'hunter2-very')",
            "f = functools.partial(c, 'h')",
        ],
        "functools.partial(c, 'h', *A)()",
    ),
    "a written row that a call is given": (
        ["def c(user, password): return 1\ndef d(): return c(*('bob', 'hunter2-very'))"],
        "d()",
    ),
    "cookies that let in": (
        ["cookies = {'lang': 'en', 'sid': 'hunter28f3kd92ls0a7c1'}"],
        "cookies",
    ),
    "a session's cookie": (["C = {'sessionid': 'hunter28f3kd92ls0a7c1'}"], "C"),
    "a tuple with names": (
        [
            "from typing import NamedTuple\nclass Login(NamedTuple):\n    user: str\n"
            "    password: str\nme = Login('bob', 'hunter2-very')"
        ],
        "me",
    ),
    "a default that was set": (
        ["def c(u='', password=''): return 1\nc.__defaults__ = ('bob', 'hunter2-very')"],
        "c()",
    ),
    "a comparison": (["def d(password): return password == 'hunter2-very'"], "d(1)"),
    "a default of the environment": (
        ["import os\ndef d(): return os.environ.get('DB_PASSWORD', 'hunter2-very')"],
        "d()",
    ),
    "an alternative": (
        ["import os\ndef d():\n    pwd = os.getenv('X') or 'hunter2-very'\n    return pwd"],
        "d()",
    ),
    "a text in braces": (["def d(h): return f\"pg://bob:{'hunter2-very'}@{h}\""], "d(1)"),
    "a form with marks": (["def d(): return 'pg://%s:%s@h' % ('bob', 'hunter2-very')"], "d()"),
    "a form": (["def d(): return 'pg://{}:{}@h'.format('bob', 'hunter2-very')"], "d()"),
    "an array": (["import numpy as np\npasswords = np.array(['hunter2-very'])"], "passwords"),
    "a key of a subscription": (
        ["def d(): return {'Ocp-Apim-Subscription-Key': 'hunter2-very'}"],
        "d()",
    ),
    "a personal token of a service": (["SNOWFLAKE_PAT = 'hunter2-very'"], "SNOWFLAKE_PAT"),
    "two halves": (["def d():\n    password = 'hunter2' + '-very'\n    return password"], "d()"),
    "in base64": (
        ["import base64\ndef d():\n    pwd = base64.b64decode('aHVudGVyMi12ZXJ5')\n    return pwd"],
        "d()",
    ),
    "encoded": (["def d():\n    secret = 'hunter2-very'.encode()\n    return secret"], "d()"),
    "dict": (["def d(): return dict(user='bob', password='hunter2-very')"], "d()"),
    "a key as the user of a URL": (
        ["U = 'https://a8f3kd92ls01mnb7x6c5v4q9z1@git.example.com/x.git'"],
        "U",
    ),
    "a URL without a user": (["def d(): return 'redis://:hunter2-very@example.com'"], "d()"),
    "a formatted URL": (["def d(h): return f'https://u:hunter2-very@{h}/x'"], "d(1)"),
    "SQL": (["def d(s): return s.sql(\"create user u password = 'hunter2-very'\")"], "d(1)"),
    "SQL of a stage": (
        ["def d(s): return s.sql(\"credentials=(aws_secret_key='hunter2very')\")"],
        "d(1)",
    ),
    "a column": (
        ["import pandas as pd\ndf = pd.DataFrame({'user': ['u'], 'password': ['hunter2-very']})"],
        "df",
    ),
    "a row of a series in a dict": (
        ["import pandas as pd\nD = {'s': pd.Series({'user': 'u', 'password': 'hunter2-very'})}"],
        "D",
    ),
    "an argument that was parsed": (
        ["import argparse\nargs = argparse.Namespace(user='u', api_key='hunter2-very')"],
        "args",
    ),
    "a key of a dict's subclass": (
        ["class C(dict): pass\nc = C(db={'password': 'hunter2-very'})"],
        "c",
    ),
    "a key in a large dict": (
        [
            "D = {f'k{n}': {'v': 'x' * 50} for n in range(2500)}\n"
            "D['db'] = {'password': 'hunter2-very'}"
        ],
        "D",
    ),
    "a connection string": (["def d(): return 'host=h user=u password=hunter2-very'"], "d()"),
    "a password that was": (["def d():\n    # old password: hunter2-very\n    return 1"], "d()"),
    "a key behind code": (["def d():\n    return 1  # api_key = hunter2-very"], "d()"),
    "the query of a URL": (["U = 'https://x.io/v1?api_key=hunter2-very'"], "U"),
    "later in a query": (["U = 'https://x.io/v1?a=b&access_token=hunter2-very'"], "U"),
    "a signed URL": (["U = 'https://x.net/c?sv=2020&sig=hunter2-very%3D'"], "U"),
    "an account of Azure": (
        ["C = 'EndpointsProtocol=https;AccountName=a;AccountKey=hunter2veryabcdefghij=='"],
        "C",
    ),
    "a hook of Slack": (
        ["HOOK = 'https://hooks.slack.com/services/T00000000/B00000000/HUNTER2VERYHUNTER2'"],
        "HOOK",
    ),
    "a hook of Discord": (
        ["HOOK = 'https://discord.com/api/webhooks/123456/HUNTER2-VERY-HUNTER2-VERY'"],
        "HOOK",
    ),
    "a key of Hugging Face": (["t = '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'"], "t"),
    "a key of Google": (["k = 'AIzaHUNTER2VERYHUNTER2VERYHUNTER2VERYHUNTER'"], "k"),
    "a key of Stripe": (["k = 'sk_live_HUNTER2VERYHUNTER2'"], "k"),
    "a key of GitLab": (["k = 'glpat-HUNTER2VERYHUNTER2VE'"], "k"),
    "a fine key of GitHub": (["k = 'github_pat_HUNTER2VERYHUNTER2VERYHUNT'"], "k"),
    "a key of SendGrid": (["k = 'SG.HUNTER2VERYHUNTER2.HUNTER2VERYHUNTER2'"], "k"),
    "a session key of AWS": (["k = 'ASIAHUNTER2VERYHUNTE'"], "k"),
    "a user for HTTP": (["def d(r): return r.get('u', auth=('bob', 'hunter2-very'))"], "d(1)"),
    "a user of a session": (["def d(s):\n    s.auth = ('bob', 'hunter2-very')"], "d(1)"),
    "the header of a user": (
        ["def d(): return ['Basic aHVudGVyMi12ZXJ5OmhVbnQ=', 'HUNTER2']"],
        "d()",
    ),
    "a command": (["def d(s): return s('curl -u bob:hunter2-very https://x.io')"], "d(1)"),
    "two at once": (["db_user, db_pass = 'bob', 'hunter2-very'"], "db_pass"),
    "two at once in a function": (
        ["def d():\n    user, (pwd, n) = 'bob', ('hunter2-very', 1)\n    return n"],
        "d()",
    ),
    "a named tuple": (
        [
            "from collections import namedtuple\nC = namedtuple('C', 'user password')",
            "c = C('b', 'hunter2-very')",
        ],
        "c.user",
    ),
    "a named tuple in a function": (
        [
            "from collections import namedtuple\nC = namedtuple('C', 'user password')",
            "def d(): return C('b', 'hunter2-very')",
        ],
        "d()",
    ),
    "an argument called in short": (
        ["def c(host, pw): return 1\ndef d(): return c('h', 'hunter2-very')"],
        "d()",
    ),
    "an argument of a lambda": (["def d(): return (lambda password: 1)('hunter2-very')"], "d()"),
    "a case": (
        ["def d(pw):\n    match pw:\n        case 'hunter2-very': return 1"],
        "d('x')",
    ),
    "one of several cases": (
        ["def d(o):\n    match o.password:\n        case 'x' | 'hunter2-very': return 1"],
        "d(1)",
    ),
    "a pair of a function": (
        ["def d(): return 1\nd.creds = ('bob', 'hunter2-very')"],
        "d()",
    ),
    "a pair in a function": (["def d():\n    creds = ['bob', 'hunter2-very']"], "d()"),
    "a word of German": (["kennwort = 'hunter2-very'"], "kennwort"),
    "a word of Spanish": (["la_contraseña = 'hunter2-very'"], "la_contraseña"),
    "a key to sign with": (["SIGNING_KEY = 'hunter2-very'"], "SIGNING_KEY"),
    "in one word": (["PGPASSWORD = 'hunter2-very'"], "PGPASSWORD"),
    "put into the environment": (
        ["import os\ndef d(): os.putenv('DB_PASSWORD', 'hunter2-very')"],
        "d()",
    ),
    "an option of a command": (["c = 'load --password hunter2-very --all'"], "c"),
    "JSON in a text": (['T = \'{"db": {"password": "hunter2-very"}}\''], "T"),
    "an environment in a text": (["def d(): return 'A=b\\nAPI_TOKEN=hunter2-very\\n'"], "d()"),
    "a docstring": (["def d():\n    'Login bob, password: hunter2-very'"], "d()"),
    "one of a list": (["def d(pw): return pw in ['hunter2-very', 'x']"], "d(1)"),
    "tried in a loop": (["def d():\n    for password in ['hunter2-very']: return 1"], "d()"),
    "what a function gives": (["def db_password(): return 'hunter2-very'"], "db_password()"),
    "set by its name": (
        ["class K: pass\ndef d(): setattr(K, 'password', 'hunter2-very')"],
        "d()",
    ),
    "set past a class": (
        ["class K:\n    def __init__(s): object.__setattr__(s, 'api_key', 'hunter2-very')"],
        "K()",
    ),
    "several in a dict": (["tokens = {'prod': 'hunter2-very'}"], "tokens"),
    "several in a set": (["api_keys = {'hunter2-very'}"], "api_keys"),
    "several in a list": (["access_keys = ['hunter2-very', 'hunter2-too']"], "access_keys"),
    "several in a function": (["def d():\n    tokens = {'prod': 'hunter2-very'}"], "d()"),
    "a user in a dict": (["credentials = {'u': 'bob', 'p': 'hunter2-Very'}"], "credentials"),
    "a user in a dict of a function": (
        ["def d():\n    credentials = {'u': 'bob', 'p': 'hunter2-Very'}"],
        "d()",
    ),
    "what a lambda gives": (["get_token = lambda: 'hunter2-very'"], "get_token()"),
    "pairs": (["CFG = [('user', 'bob'), ('password', 'hunter2-very')]"], "CFG"),
    "pairs in a function": (["def d(): return dict([('password', 'hunter2-very')])"], "d()"),
    "a pattern's key": (
        ["def d(x):\n    match x:\n        case {'password': 'hunter2-very'}: return 1"],
        "d({})",
    ),
    "a pattern's attribute": (
        [
            "class K: pass\ndef d(x):\n    match x:\n"
            "        case K(password='hunter2-very'): return 1"
        ],
        "d({})",
    ),
    "a key in two halves": (["def d(): return 'AKIAHUNTER2' + 'VERYHUNTE'"], "d()"),
    "a key that is joined": (["def d(): return ''.join(['AKIAHUNTER2', 'VERYHUNTE'])"], "d()"),
    "the mail's": (["smtp_pass = 'hunter2-very'"], "smtp_pass"),
    **{
        f"what others call one: {name}": ([f"{name} = 'hunter2-very'"], name)
        for name in (
            *("mdp", "MDP", "db_mdp", "senha", "wachtwoord", "lösenord", "db_hasło", "heslo"),
            *("пароль", "パスワード", "userPasswort", "adgangskode", "salasana", "passord"),
        )
    },
    **{
        f"what is near to one: {cell.partition(' ')[0]}": ([cell], cell.partition(" ")[0])
        for cell in (
            "cookie = 'sessionid=hunter28f3kd92ls0; path=/'",
            "session_cookie = 'HUNTER28f3kd92ls0'",
            "SALT = b'hunter2Fj2kQ9'",
            "key = 'hunter2Fj2kQ9xL'",
            "MY_KEY = 'HUNTER2fj2kQ9xLa'",
            "clave = 'hunter2Fj2kQ9'",
        )
    },
    "a key that nothing calls one": (
        ["def d(f): return f('hunter2BRdK9sLqZp4vTn8YwXa3uJh7Gf2')"],
        "d(len)",
    ),
    "a key under any name": (["v = 'hunter2BRdK9sLqZp4vTn8YwXa3uJh7Gf2/+bE6cM='"], "v"),
    "a key that a function gives": (
        ["def d():\n    return 'HUNTER2rdK9sLqZp4vTn8YwXa3uJh7Gf2Qe1'"],
        "d()",
    ),
}
