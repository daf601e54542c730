"""All neighbours in one Flask application."""

from pathlib import Path

from flask import Flask, Response, render_template

from sandbox import cast, identity
from sandbox.tokens import Desk
from sandbox.words import words

CALLBACK = "/sign-in/national/callback/"


def create(*, people: Path, issuer: str, secret: str = "", callback: str = CALLBACK) -> Flask:
    """The application; `issuer` is the address browsers and clients reach it by."""
    app = Flask("sandbox", template_folder="pages", static_folder="static")
    app.config.update(
        DESK=Desk(issuer.rstrip("/")),
        PEOPLE=cast.read(people),
        SECRET=secret,
        CALLBACK=callback,
        MAX_CONTENT_LENGTH=65536,
    )
    app.register_blueprint(identity.pages)

    @app.get("/")
    def home() -> str:
        return render_template("home.html", t=words("vi"), language="vi")

    @app.get("/health")
    def health() -> Response:
        return Response("ok", mimetype="text/plain")

    return app
