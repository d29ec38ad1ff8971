"""Tokens in a database of one's own. The guide shows it; the tests let many threads refresh through it."""

# [postgres]
import dataclasses
import json

import psycopg
from revento_sdk.tokens import Tokens

TABLE = "CREATE TABLE IF NOT EXISTS revento_tokens (key text PRIMARY KEY, revision text NOT NULL, tokens jsonb NOT NULL)"
PUT = """INSERT INTO revento_tokens VALUES (%s, %s, %s)
         ON CONFLICT (key) DO UPDATE SET (revision, tokens) = (excluded.revision, excluded.tokens)"""
SWAP = "UPDATE revento_tokens SET (revision, tokens) = (%s, %s) WHERE key = %s AND revision = %s"
REMOVE = "DELETE FROM revento_tokens WHERE key = %s AND revision = %s"


class PostgresTokenStore:
    def __init__(self, url):
        self._db = psycopg.connect(url, autocommit=True)  # each statement is durable when it returns
        self._db.execute(TABLE)

    def get(self, key):
        row = self._db.execute("SELECT tokens FROM revento_tokens WHERE key = %s", [key]).fetchone()
        return Tokens(**row[0]) if row else None

    def put(self, key, tokens):
        self._db.execute(PUT, [key, tokens.revision, text(tokens)])

    def swap(self, key, old, new):
        if new is None:
            done = self._db.execute(REMOVE, [key, old.revision])
        else:
            done = self._db.execute(SWAP, [new.revision, text(new), key, old.revision])
        return done.rowcount == 1  # nobody was faster


def text(tokens):
    return json.dumps(dataclasses.asdict(tokens))  # in production: encrypted


# [/postgres]
