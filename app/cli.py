"""The `blomst` command."""

import argparse
import dataclasses
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app import __version__
from app.settings import Settings, SettingsError, is_loopback
from app.store.folder import DataFolder, FolderError, FolderInUse
from app.store.keys import Keys, KeysDamaged
from app.teaching.command import add_options
from app.texts import LANGUAGES, Language, Texts, spoken, texts
from app.vision.network import PreparationError

FAILED, BAD_USE, FOLDER_IN_USE, DAMAGED, INTERRUPTED = 1, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code: 0 well, 1 failed, 2 misused, 3 folder in use, 4
    database damaged."""
    t = texts(_language())
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        return _complain(t("command.error.settings", reason=error), BAD_USE)
    chosen = _parser(t, settings).parse_args(arguments)
    commands = {
        "serve": _serve,
        "predict": _predict,
        "train": _train,
        "import": _import,
        "key": _key,
        "prepare": _prepare,
        "notebook": _notebook,
    }
    try:
        return commands[chosen.command](chosen, settings, t)
    except KeyboardInterrupt:
        return INTERRUPTED
    except PreparationError as error:
        return _complain(t("command.serve.failed", reason=error), FAILED)
    except OSError as error:
        return _complain(str(error), FAILED)


def _language() -> Language:
    """As the terminal speaks (POSIX: LC_ALL before LC_MESSAGES before LANG)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return spoken(value.replace("_", "-").split(".")[0]) or "en"
    return "en"


def _parser(t: Texts, settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("blomst", description=t("command.about"))
    parser.add_argument("--version", action="version", version=f"blomst {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    serve = commands.add_parser("serve", help=t("command.serve.help"))
    serve.add_argument("--host", default=settings.host, help=t("command.serve.host"))
    serve.add_argument("--port", type=int, default=settings.port, help=t("command.serve.port"))
    serve.add_argument("--data", type=Path, default=settings.data, help=t("command.serve.data"))

    insecure, told = settings.insecure_no_key, t("command.serve.insecure")
    serve.add_argument("--insecure-no-key", action="store_true", default=insecure, help=told)

    key = commands.add_parser("key", help=t("command.key.help"))
    key.add_argument("action", choices=["new"], help=t("command.key.new"))
    key.add_argument("--data", type=Path, default=settings.data, help=t("command.serve.data"))

    predict = commands.add_parser("predict", help=t("command.predict.help"))
    predict.add_argument("photos", nargs="+", type=Path, help=t("command.predict.photos"))
    predict.add_argument("--model", action="append", help=t("command.predict.model"))
    predict.add_argument("--top-k", type=_top_k, default=3, help=t("command.predict.top_k"))
    predict.add_argument("--json", action="store_true", help=t("command.predict.json"))
    predict.add_argument("--data", type=Path, default=settings.data, help=t("command.serve.data"))

    train = commands.add_parser("train", help=t("command.train.help"))
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("--model", help=t("command.train.model"))
    what.add_argument("--images", type=Path, help=t("command.train.images"))
    train.add_argument("--out", type=Path, help=t("command.train.out"))
    train.add_argument("--force", action="store_true", help=t("command.train.force"))
    train.add_argument("--data", type=Path, default=settings.data, help=t("command.serve.data"))
    add_options(train, t)

    bring = commands.add_parser("import", help=t("command.import.help"))
    bring.add_argument("source", metavar="SOURCE", help=t("command.import.source"))
    bring.add_argument("--model", help=t("command.import.model"))
    bring.add_argument("--label", help=t("command.import.label"))
    bring.add_argument("--data", type=Path, default=settings.data, help=t("command.serve.data"))

    prepare = commands.add_parser("prepare", help=t("command.prepare.help"))
    prepare.add_argument("--data", type=Path, default=settings.data, help=t("command.serve.data"))

    workshop = commands.add_parser("notebook", help=t("command.notebook.help"))
    workshop.add_argument("file", nargs="?", type=Path, help=t("command.notebook.file"))
    told = t("command.notebook.language")
    workshop.add_argument("--language", choices=LANGUAGES, default=t.language, help=told)
    return parser


def _top_k(given: str) -> int:
    if not given.isdecimal() or not 1 <= int(given) <= 100:
        raise argparse.ArgumentTypeError("1..100")
    return int(given)


def _complain(sentence: str, code: int) -> int:
    print(f"blomst: {sentence}", file=sys.stderr)
    return code


def _serve(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    from app.main import create_app
    from app.web.server import Server, listen

    settings = dataclasses.replace(
        settings,
        data=chosen.data,
        host=chosen.host,
        port=chosen.port,
        insecure_no_key=chosen.insecure_no_key,
    )
    folder = DataFolder(settings.data)
    try:
        folder.open()
        folder.close()
    except FolderError as error:
        code = FOLDER_IN_USE if isinstance(error, FolderInUse) else FAILED
        return _complain(t("command.error.folder", reason=error), code)
    try:
        bound = listen(settings.host, settings.port)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or str(error)
        reason = {"host": settings.host, "port": settings.port, "reason": said}
        return _complain(t("command.serve.port_taken", **reason), BAD_USE)
    with bound:
        url = _address(settings.host, bound.getsockname()[1])
        try:
            _show_first_key(settings, url, t)
        except KeysDamaged as error:
            return _complain(t("command.error.folder", reason=error), BAD_USE)
        progress = _Progress(t, url, not is_loopback(settings.host))
        app = create_app(settings, progress, address=url)
        try:
            Server(app).run([bound])
        except KeyboardInterrupt:
            print(t("command.serve.stopped"))
    failure = app.state.blomst.failure
    if app.state.blomst.damaged:
        return _complain(t("command.error.damaged", reason=failure), DAMAGED)
    return _complain(t("command.serve.failed", reason=failure), FAILED) if failure else 0


def _show_first_key(settings: Settings, url: str, t: Texts) -> None:
    """Made before anyone can knock, and shown this once."""
    keys = Keys(settings.data)
    if settings.needs_key and not keys:
        key = keys.create()
        print(t("command.key.first", key=key))
        print(t("command.key.link", link=f"{url}/sign-in#{key}"), flush=True)


def _key(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    try:
        folder = DataFolder(chosen.data)
        folder.derived.mkdir(parents=True, exist_ok=True)
        key = Keys(folder.path).create()
    except (OSError, KeysDamaged) as error:
        return _complain(t("command.error.folder", reason=error), FAILED)
    print(t("command.key.made", key=key))
    return 0


def _address(host: str, port: int) -> str:
    """Where this machine itself reaches it: on 0.0.0.0 it listens on loopback too."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Progress:
    """Tells the terminal what the preparation is at, and at last the address."""

    def __init__(self, t: Texts, url: str, everywhere: bool) -> None:
        self._t, self._url, self._open = t, url, everywhere
        self._started = time.monotonic()
        self._told_first = False

    def __call__(self, phase: str) -> None:
        if phase == "ready":
            print(self._t("command.serve.ready", url=self._url))
            if self._open:
                print(self._t("command.serve.elsewhere"))
            print(self._t("command.serve.stop"), flush=True)
        elif phase != "failed" and (phase != "testing" or self._told_first):
            if not self._told_first:
                print(self._t("command.serve.first"))
                self._told_first = True
            elapsed = time.monotonic() - self._started
            print(f"  {elapsed:4.0f} s  {self._t(f'command.phases.{phase}')} …", flush=True)


def _predict(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    from app.asking import ask_about

    settings = dataclasses.replace(settings, data=chosen.data)
    return ask_about(chosen.photos, chosen.model or [], chosen.top_k, chosen.json, settings, t)


def _train(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    settings = dataclasses.replace(settings, data=chosen.data)
    if chosen.model is not None:
        from app.training import train_model

        return train_model(chosen, settings, t)
    if chosen.out is None:
        return _complain(t("command.train.no_out"), BAD_USE)
    from app.teaching.command import train

    return train(chosen, settings, t)


def _import(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    from app.importing import import_photos

    return import_photos(chosen, dataclasses.replace(settings, data=chosen.data), t)


def _prepare(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    from app.vision import network

    def tell(phase: str) -> None:
        print(t(f"command.phases.{phase}"), "…", flush=True)

    derived = DataFolder(chosen.data).derived
    try:
        network.prepare(derived, report=tell)
    except (network.PreparationError, OSError) as error:
        return _complain(t("command.serve.failed", reason=error), FAILED)
    print(t("command.prepare.done", folder=derived))
    return 0


def _notebook(chosen: argparse.Namespace, settings: Settings, t: Texts) -> int:
    """A notebook that lies there already may have someone's work in it, so it stays."""
    from app.lab.notebook import NAME, notebook

    file = chosen.file or Path(NAME)
    content = notebook(texts(chosen.language))
    try:
        with file.open("xb") as out:
            out.write(content)
    except FileExistsError:
        return _complain(t("command.notebook.exists", file=file), BAD_USE)
    print(t("command.notebook.done", file=file))
    return 0
