"""The stub says what the module has: every class, method, parameter and attribute, both ways."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import MappingProxyType

import pytest
import sipulung_datapath

STUB = ast.parse(Path(sipulung_datapath.__file__).with_suffix(".pyi").read_text())
CLASSES = {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}
# One parameter: its name, whether it goes by name only, and whether it may be left out.
Parameter = tuple[str, bool, bool]


def stub_parameters(function: ast.FunctionDef) -> list[Parameter]:
    arguments = function.args
    assert arguments.vararg is None
    assert arguments.kwarg is None
    required = len(arguments.args) - len(arguments.defaults)
    positional = [(argument.arg, False, place >= required) for place, argument in enumerate(arguments.args)]
    by_name = [
        (argument.arg, True, default is not None)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return [*positional[1:], *by_name]


def module_parameters(function: object) -> list[Parameter]:
    assert callable(function)
    return [
        (parameter.name, parameter.kind is parameter.KEYWORD_ONLY, parameter.default is not parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self"
    ]


def stub_attributes(node: ast.ClassDef) -> set[str]:
    fields = {
        item.target.id for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }
    properties = {item.name for item in node.body if isinstance(item, ast.FunctionDef) and item.decorator_list}
    return fields | properties


def stub_methods(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    functions = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef) and not item.decorator_list}
    return {name: function for name, function in functions.items() if name != "__init__"}


def members(kind: type) -> MappingProxyType[str, object]:
    return MappingProxyType({name: value for name, value in vars(kind).items() if not name.startswith("_")})


def test_the_same_names() -> None:
    aliases = {
        node.targets[0].id
        for node in STUB.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    module = vars(sipulung_datapath)
    assert set(module["__all__"]) == CLASSES.keys() | aliases
    native = {name for name in vars(module["sipulung_datapath"]) if name[0].isupper()}
    assert native == CLASSES.keys()


@pytest.mark.parametrize("name", CLASSES)
def test_the_same_methods_parameters_and_attributes(name: str) -> None:
    kind, node = getattr(sipulung_datapath, name), CLASSES[name]
    found = members(kind)
    methods = stub_methods(node)
    attributes = {key for key, value in found.items() if inspect.isdatadescriptor(value)}
    assert attributes == stub_attributes(node)
    assert found.keys() - attributes == methods.keys()
    for method, function in methods.items():
        assert module_parameters(found[method]) == stub_parameters(function), method
    initialisers = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
    for initialiser in initialisers:
        assert module_parameters(kind) == stub_parameters(initialiser)
    if not initialisers:
        with pytest.raises(TypeError):
            kind()
    # @final in the stub.
    with pytest.raises(TypeError):
        type("Derived", (kind,), {})


def test_the_defaults_are_the_same() -> None:
    signature = inspect.signature(sipulung_datapath.Datapath)
    assert {name: p.default for name, p in signature.parameters.items() if p.default is not p.empty} == {
        "silent_timeout_ms": 5000,
        "tcp": True,
    }
    assert inspect.signature(sipulung_datapath.Datapath.assign_video).parameters["layer"].default == 0


def test_attributes_are_read_only() -> None:
    path = sipulung_datapath.Datapath("127.0.0.1", 0)
    with pytest.raises(AttributeError):
        path.port = 1  # type: ignore[misc]
    path.stop()
