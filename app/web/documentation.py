"""The API's description as the documentation page shows it."""

import json
import shlex
from typing import Any


def operations_of(described: dict[str, Any], base: str, with_key: bool) -> list[dict[str, Any]]:
    """Every operation of an OpenAPI document, with a command line that can be pasted."""
    return [
        _operation(method, path, operation, base, with_key)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(
    method: str, path: str, operation: dict[str, Any], base: str, with_key: bool
) -> dict[str, Any]:
    statuses = operation["responses"]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation["description"],
        "parameters": [_parameter(p) for p in operation.get("parameters", [])],
        "curl": _curl(method, path, base, operation, with_key and "security" in operation),
        "response_example": _example(statuses.get("201") or statuses.get("200", {})),
        "responses": [
            {"status": status, "description": response["description"]}
            for status, response in sorted(statuses.items())
        ],
    }


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "description": parameter["description"],
        "schema": _range(parameter["schema"]),
    }


def _range(schema: dict[str, Any]) -> str:
    """A schema in few words: its choices, its range, or its type."""
    kinds = [k for k in schema.get("anyOf", [schema]) if k.get("type") != "null"]
    kind = kinds[0]
    if choices := kind.get("enum") or ([kind["const"]] if "const" in kind else None):
        return " | ".join(map(str, choices))
    if "minimum" in kind:
        return f"{kind['minimum']}..{kind['maximum']}"
    return str(kind.get("type", ""))


def _curl(method: str, path: str, base: str, operation: dict[str, Any], with_key: bool) -> str:
    """With the example of each parameter in the path, and of the body."""
    key = '-H "Authorization: Bearer $KEY" ' if with_key else ""
    url = base + path
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            found = parameter["schema"].get("examples", [""])
            url = url.replace("{" + parameter["name"] + "}", str(found[0]))
    body = operation.get("requestBody", {}).get("content", {})
    if "application/json" in body:
        json_body = json.dumps(body["application/json"]["example"], ensure_ascii=False)
        verb = "" if method == "post" else f"-X {method.upper()} "
        return f"curl {key}{verb}--json {shlex.quote(json_body)} {url}"
    if "multipart/form-data" in body:
        asked = "?model=flowers&model=imagenet&top_k=2" if path.endswith("/predict") else ""
        return f"curl {key}{_fields(body['multipart/form-data']['schema'])} '{url}{asked}'"
    if "image/jpeg" in operation["responses"].get("200", {}).get("content", {}):
        return f"curl {key}-o photo.jpg {url}"
    return f"curl {key}{'' if method == 'get' else f'-X {method.upper()} '}{url}"


def _fields(form: dict[str, Any]) -> str:
    """Each field that is needed: a file, or a text that has an example."""
    examples = {name: form["properties"][name].get("example") for name in form["required"]}
    return " ".join(f"-F {name}={value or '@photo.jpg'}" for name, value in examples.items())


def _example(response: dict[str, Any]) -> str | None:
    example = response.get("content", {}).get("application/json", {}).get("example")
    return json.dumps(example, indent=2, ensure_ascii=False) if example else None
