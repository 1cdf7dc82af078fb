"""What looks like a secret does not ship, wherever it stands, unless it is named by hand."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from sfdag_magics.bundle import capture
from tests.bundle.notebook import Notebook

#: Cells that ship the word `hunter2-very` or another secret, and what the task uses.
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
#: Code that speaks of secrets and holds none.
HARMLESS = [
    "form = 'pg://%s:%s@%s'",
    "form = 'pg://%(user)s:%(password)s@h'",
    "at = 'pg://{}:{}@{}'.format(1, len, 'host')",
    "at = 'pg://%s:%s@%s' % (1, len, 'host')",
    "said = f\"{'a' if len else 'b'}: {len!r:>{40}} {'x'}\"",
    "DATE_PAT = r'(\\d{4})-1'",
    "sql = \"create user u password = '{password}'\"",
    "sql = \"create user u password = '***'\"",
    'sql = "select * from t where password = :password"',
    "dsn = f'host=h password={len}'",
    "said = 'password=%s'",
    "is_end = bool if 'token' == 'end' else str",
    "same = [token for token in ['a'] if token == 'end']",
    "first = {'token': 1}.get('token', 'end')",
    "PAD_TOKEN = '<pad>'",
    "mask_token = '[MASK]'",
    "token_column = 'token'",
    "password = ''",
    "MAX_TOKENS = 100",
    "labels = {'secret': 'hidden', 'password': 'masked', 'token': 'word'}",
    "cookies = {'consent': 'yes', 'lang': 'en'}",
    "session_id = 'a1b2c3d4e5f6'",
    "said = print(*('a', 'b'))",
    "password = '***'",
    "url = 'https://{user}:{password}@host'",
    "tokenizer = 'bert'",
    "special_tokens = ['the', 'end']",
    "stop_token = 'END'",
    "null_token = '__null_token_value__'",
    "safe_user_passwords = ('git',)",
    "pwd = '/srv/bob/my project'",
    r"OLD_PWD = 'D:\\data\\bob'",
    "run_id = '6f9619ff-8b86-d011-b42d-00c04fc964ff'",
    "commit = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'",
    "url = 'https://example.com/a/b?c=d&e=f#g'",
    "path = '/mnt/sk-learn-notebooks-and-more/data'",
    "name = 'disk-a-very-long-name-of-a-disk-it-is'",
    "max_tokens = 'auto'",
    "num_tokens = 'all'",
    "api_key_env = 'OPENAI_API_KEY'",
    "api_key = 'OPENAI_API_KEY'",
    "env = {'password': 'SNOWFLAKE_PASSWORD'}",
    r"token_pattern = r'(?u)\b\w+\b'",
    "credentials_provider = 'aws-sdk'",
    "sep_token_id = '102'",
    "authorization_level = 'manager'",
    "SCHEMA = {'password': 'string', 'token': 'int64'}",
    "TYPES = {'secret': 'VARCHAR'}",
    "rename = {'pwd': 'password_hash'}",
    "token_url = 'https://login.example.com/oauth2/token'",
    "token_endpoint = 'login.example.com'",
    "token_type = 'mac'",
    "secret_scope = 'prod'",
    "secret_manager = 'vault'",
    "password_file = 'run/secrets/db'",
    "private_key_path = 'keys/rsa.p8'",
    "password_prompt = 'Who are you?'",
    "password_policy = 'strict'",
    "secrets_backend = 'aws'",
    "credential_type = 'oauth'",
    "first_pass = 'coarse'",
    "low_pass = 'butter'",
    "auth = ['basic', 'oauth']",
    "auth_method = 'oauth2'",
    "login_url = 'https://example.com/login?next=/home&lang=en1'",
    "url = 'https://example.com/?token={token}'",
    "url = 'https://example.com/?api_key=YOUR_API_KEY_1'",
    "url = 'https://example.com/?design=modern-2024-view'",
    "kind = 'Basic understanding of numbers'",
    "line = 'significant at sig=0.0512345'",
    "note = 1  # token: gpt2-medium",
    "note = 1  # the password: see the vault of 2024",
    "note = 1  # password: str, token: str",
    "note = 1  # api_key_env: OPENAI_API_KEY_2",
    "stamp = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c'",
    "ratio = '10:30:59'",
    "hf_model = 'hf_hub/bert-base-uncased'",
    "power = {'pw': 3, 'psw': 4}",
    "command = 'curl -u {user}:{password} https://x.io'",
    "secretary = 'Ann'",
    "tokens_per_minute = '60'",
    "shared_key = 'order_id'",
    "columns = dict(token_col='a')",
    "pw = '4.2'",
    "unit = {'pw': 'cm'}",
    "password_reset_template = 'mail.html'",
    "said = 'password: at least 8 characters'",
    "prompt = 'token: gpt2-medium, api_key: str, secret: none'",
    "said = 'secret = projects/p1/secrets/db'",
    "said = f'password: {len}8letters'",
    "sql = 'select password_hash as password, 1 as api_key from t2'",
    "option = '--token TOKEN, as of v2'",
    "cells = [c for c in 'ab' if c in ('password', 'token')]",
    "names = {'pwd': 'Password', 'token': 'Access token'}",
    "model = 'sk-learn-based-feature-pipeline-for-the-model'",
    "tokens = {'the', 'end'}",
    "tokens = {'the': 'DET', 'end': 'NOUN'}",
    "secrets = {'db': 'DB_PASSWORD'}",
    "rows = [('password', 'noun'), ('token', 'NN')]",
    "counted = {'password': 1234567, 'the': 9876543}",
    "hotkeys = {'save': 'ctrl2-s'}",
    "password = 12",
    "eos_token = 50256789",
    "n_passwords = 1234567",
    "get_label = lambda: 'label-2-of-4'",
    "said = ' '.join(['the', 'password', 'of'])",
    "mdp = 'gridworld'",
    "MDP = 'frozen-lake'",
    "parola = 'ciao'",
    "clave = 'cliente_id1'",
    "senha = ''",
    "cookie = 'chocolate-chip-2'",
    "cookie_name = 'sessionid'",
    "cookie = 'consent=yes'",
    "salt = 'himalaya'",
    "salt = '1/2tsp'",
    "salt = 0.5",
    "key = 'customer_id'",
    "key = 'col_2024'",
    "sort_key = 'a1b2c3d4'",
    "my_key = 'order-17'",
    "cache_key = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'",
    "sheet_id = '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms'",
    "ids = ['1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms']",
    "pixel = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'",
    "icon = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIB'",
    "link = 'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC'",
    "cls = 'RandomForestClassifierWithBalancedClassWeights2024Version3'",
    "file = 'Data2024/Raw1/Customers2/Orders3/AllOrdersOfTheYear2023ByMonth'",
    "chars = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'",
    "smiles = 'CC1c2ccccc2Nc2ccc3nc4ccccc4nc3c2N1C1CCN2CC1CC2'",
    "dna = 'ACGTTGCAACGTACGTTGCAACGTACGTTGCAACGT'",
    "stamp = '2024-01-01T00:00:00.000000000+00:00'",
    "order = 'A1b2C3d4'",
]


def captured(cells, task, **options):
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    notebook.task(f"def train(session):\n    return {task}", **options)
    return notebook.build()


@pytest.mark.parametrize("what", PLANTED)
def test_a_secret_is_refused_with_its_place_and_never_shown(what):
    cells, task = PLANTED[what]
    bundle = captured(cells, task)
    assert bundle.archive == b""
    said = "\n".join(map(str, bundle.problems))
    assert "secret" in said
    assert "read it inside the task from a Snowflake secret" in said
    assert not [part for part in ("hunter2", "HUNTER2") if part in said]


@pytest.mark.parametrize("cell", HARMLESS)
def test_what_only_speaks_of_secrets_ships(cell):
    name = cell.partition(" ")[0]
    assert captured([cell], name).problems == ()
    assert captured([f"def d():\n    {cell}\n    return {name}"], "d()").problems == ()


def test_a_function_about_secrets_may_answer_in_words():
    cell = "def way_out_of_secret(name):\n    return f'read {name} from a Snowflake secret'"
    assert captured([cell], "way_out_of_secret('K')").problems == ()


@pytest.mark.parametrize("cell", ["password = 12345678", "C = {'u': 'b', 'password': 12345678}"])
def test_a_number_is_a_password_by_its_name(cell):
    name = cell.partition(" ")[0]
    (problem,) = captured([cell], name).problems
    assert "secret" in str(problem)
    assert captured([f"def d():\n    {cell}\n    return {name}"], "d()").problems
    assert "1234" not in str(problem)


@pytest.mark.parametrize("made", ["pd.DataFrame({'token': %s})", "pd.Series(%s, name='token')"])
def test_a_column_of_words_ships_and_one_of_keys_does_not(made):
    words, keys = made % ["the", "end"], made % ["the", "aB3dE5fG7hI9"]
    assert captured(["import pandas as pd", f"df = {words}"], "df").problems == ()
    assert captured(["import pandas as pd", f"df = {keys}"], "df").problems


def test_columns_of_measures_ship():
    cells = ["import pandas as pd\ndf = pd.DataFrame({'pl': [1.4], 'pw': [0.2]})"]
    assert captured(cells, "df").problems == ()


def test_a_module_beside_the_notebook_is_looked_through(tmp_path, monkeypatch):
    (tmp_path / "creds_xq.py").write_text("\nPASSWORD = 'hunter2-very'\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (problem,) = captured(["import creds_xq"], "creds_xq.PASSWORD").problems
    assert "a secret as 'PASSWORD' (creds_xq.py, line 2)" in str(problem)


def test_a_name_that_was_allowed_ships():
    cells = ["sep_token = 'abc'\ndef d(): return dict(my_token='abc')"]
    refused = captured(cells, "(sep_token, d())")
    assert len(refused.problems) == 2
    assert all(re.search("allow.secret", str(problem)) for problem in refused.problems)
    allowed = captured(cells, "(sep_token, d())", allow_secret=["sep_token", "my_token"])
    assert allowed.problems == ()


def test_the_problem_names_the_helper_and_its_line():
    notebook = Notebook()
    notebook.run("x = 1\n\ndef conn():\n    pwd = 'hunter2-very'\n    return pwd")
    found = capture("train", notebook.source("def train(session): return conn()"))
    (problem,) = found.problems
    assert "its conn (Cell [1], line 3) has a secret as 'pwd' (Cell [1], line 4)" in str(problem)


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("key.pem", "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n", "a text that looks like"),
        ("conf.yaml", "db:\n  user: bob\n  password: hunter2-very\n", "'password'"),
        ("conf.json", '{\n  "api_key": "hunter2-very"\n}', "'api_key'"),
        ("conf.ini", "[db]\ntoken = hunter2-very\n", "'token'"),
        ("netrc", "machine x login bob password hunter2-very\n", "a text that looks like"),
        ("_netrc", "machine x\nlogin bob\npassword hunter2-very\n", "a text that looks like"),
    ],
)
def test_a_data_file_of_a_package_is_looked_through(tmp_path, monkeypatch, path, text, named):
    name = f"pkg_{path.replace('.', '_')}_xq"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("V = 1")
    (tmp_path / name / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (problem,) = captured([f"import {name}"], f"{name}.V").problems
    assert named in str(problem)
    assert f"({name}/{path}, line" in str(problem)
    assert "hunter2" not in str(problem)
    allowed = captured([f"import {name}"], f"{name}.V", allow_secret=[f"{name}/{path}"])
    assert allowed.problems == ()


def test_a_text_in_a_function_is_allowed_by_the_functions_name():
    cells = ["def d(): return 'https://user:example@host'"]
    (problem,) = captured(cells, "d()").problems
    assert problem.hint.endswith("--allow-secret d")
    assert captured(cells, "d()", allow_secret=["d"]).problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "dict(zip(['user', 'password'], ['me', 'hK2!s9dLq']))",
        "dict(zip(('USER', 'PASS'), ('me', 'hK2!s9dLq')))",
        "{'PASS': 'hK2!s9dLq'}",
        "{'pass': 'hunter2'}",
        "['mysql', '--password', 'hunter2']",
        "run('mysql', '--api-key', 'hunter2')",
        "('x', '--token', 'aB3dE5fG7hI9')",
        "'the password is hK2!s9dLq, do not tell'",
        "'log in as me with password Winter2024'",
        "{'token': 'aB3dE5fG7hI9jK1l'}",
        "dict(bearer='aBcDeFgHiJkLmNoPqRsT')",
        """'{"rows": [{"id": 1, "token": "hunter2-very"}]}'""",
    ],
)
def test_a_secret_is_seen_in_whatever_form_code_gives_it_a_name(text):
    (problem,) = captured(["def run(*a): pass", f"def d(): return {text}"], "d()").problems
    assert "--allow-secret" in problem.hint
    assert not re.search("hK2|unter2|inter20|aB3d|aBcD", str(problem))


def test_a_secret_is_seen_that_zip_takes_from_the_notebook():
    cells = ["NAMES = ['user', 'password']", "VALUES = ['me', 'hK2!s9dLq']"]
    assert captured(cells, "dict(zip(NAMES, VALUES))").problems


@pytest.mark.parametrize(
    "text",
    [
        "{'token': 'the word'}",
        "{'token': 'run', 'pos': 'NN'}",
        "dict(bearer='bond')",
        "{'pass': 'passed', 'fail': 'failed'}",
        "{'PASS': 12}",
        "['x', '--password', 'PASSWORD_ENV']",
        "['x', '--token', '--quiet']",
        "f('--password', '-p')",
        "f('--api-key', 'api_key')",
        "'the password must have 8 characters, one of them A-Z'",
        "'the password is hashed by sha256 or bcrypt-12'",
        "dict(zip(['token', 'pos'], ['run', 'NN']))",
        """'{"token": "run", "password": "string"}'""",
    ],
)
def test_what_only_reads_like_a_secret_ships(text):
    assert captured(["def f(*a): pass", f"def d(): return {text}"], "d()").problems == ()


@pytest.mark.parametrize(
    ("cells", "allowed"),
    [
        (["import pandas as pd", "D = pd.DataFrame({'a': [1], 'password': ['x']})"], "password"),
        (["import pandas as pd", "D = pd.DataFrame({'a': ['https://a:b1234567@x', 'y']})"], "D"),
        (["D = [{'id': i, 'secret': 'hunter2-very'} for i in range(4000)]"], "D"),
    ],
    ids=["a column's name", "in a column", "much JSON"],
)
def test_what_a_problem_says_to_allow_is_allowed(cells, allowed):
    (problem,) = captured(cells, "D").problems
    assert problem.hint.endswith(f"--allow-secret {allowed}")
    for each in {allowed, "D"}:
        assert captured(cells, "D", allow_secret=[each]).problems == ()


@pytest.mark.parametrize("indent", [None, 1])
def test_many_secrets_of_a_file_are_one_problem(tmp_path, monkeypatch, indent):
    name = f"pkg_rows_{indent}_xq"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("V = 1")
    rows = [{"id": i, "token": "hunter2-very"} for i in range(20)]
    (tmp_path / name / "rows.json").write_text(json.dumps(rows, indent=indent))
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (problem,) = captured([f"import {name}"], f"{name}.V").problems
    more = " and 19 more" if indent else ""
    assert f"'token' ({name}/rows.json, line {4 if indent else 1}{more})" in str(problem)
