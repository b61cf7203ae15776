"""A small real OpenID Connect provider on loopback: discovery, PKCE, signed tokens, userinfo."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

CLIENT_ID, SECRET = "slotkey", "a secret of both"
KEY = generate_private_key(65537, 2048)
FOREIGN_KEY = generate_private_key(65537, 2048)


class Company:
    """Who has signed in there, and what its tokens say; a test may make them wrong."""

    def __init__(self) -> None:
        self.url = ""
        self.person: dict[str, Any] = {"sub": "g-1"}
        self.userinfo: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.key: RSAPrivateKey = KEY
        self.has_id_token = True
        self.asked: dict[str, str] = {}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where somebody is led back to, who agrees at once."""
        self.asked = asked
        answer = {"code": "a-code", "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def exchange(self, asked: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, None unless whoever asks began this and knows the secret."""
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        wanted = (CLIENT_ID, SECRET, self.asked["redirect_uri"], self.asked["code_challenge"])
        got = (asked["client_id"], asked["client_secret"], asked["redirect_uri"], challenge)
        if got != wanted:
            return None
        tokens = {"access_token": "an-access-token", "token_type": "Bearer"}
        return {**tokens, "id_token": self.id_token()} if self.has_id_token else tokens

    def id_token(self) -> str:
        now = int(time.time())
        frame = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims = {**frame, **self.person, **self.token}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def settings(self) -> dict[str, str]:
        """It as one of ``OIDC_PROVIDERS``."""
        return {
            "id": "company",
            "name": "Example Company",
            "server_url": self.url,
            "client_id": CLIENT_ID,
            "secret": SECRET,
        }


@contextmanager
def serving() -> Iterator[Company]:
    company = Company()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(company)) as server:
        company.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield company
        server.shutdown()


def _handler(company: Company) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", company.authorize(_plain(query)))
                self.end_headers()
                return
            pages = {
                "/.well-known/openid-configuration": company.discovery,
                "/keys": company.keys,
                "/userinfo": lambda: {**company.person, **company.userinfo},
            }
            self._answer(pages[path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(company.exchange(_plain(body)))

        def _answer(self, content: dict[str, Any] | None) -> None:
            self.send_response(400 if content is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content or {"error": "invalid_grant"}).encode())

        def log_message(self, *args: Any) -> None:
            """Nothing: tests have words of their own."""

    return Handler


def _plain(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
