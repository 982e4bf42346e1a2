"""`sipulung unit`."""

from __future__ import annotations

import argparse

from services.cli.context import Context
from services.cli.failures import Failure
from services.cli.output import as_json
from services.cli.unit_paths import UnitTree, unit_tree
from sipulung.auth.v1 import unit_pb2, unit_pb2_grpc

_PATH = 'a unit: its name, or "DINAS > BIDANG"'


def configure(parser: argparse.ArgumentParser) -> None:
    """The words after `unit`."""
    words = parser.add_subparsers(metavar="WORD", required=True)
    listing = words.add_parser("list", help="the tree")
    listing.set_defaults(run=list_units)
    create = words.add_parser("create", help="make a unit")
    create.add_argument("name")
    create.add_argument("--below", metavar="UNIT", help=_PATH)
    create.set_defaults(run=create_unit)
    rename = words.add_parser("rename", help="give a unit another name")
    rename.add_argument("unit", help=_PATH)
    rename.add_argument("name")
    rename.set_defaults(run=rename_unit)
    move = words.add_parser("move", help="put a unit, with all below it, at another place")
    move.add_argument("unit", help=_PATH)
    place = move.add_mutually_exclusive_group(required=True)
    place.add_argument("--below", metavar="UNIT", help=_PATH)
    place.add_argument("--top", action="store_true", help="below no other unit")
    move.set_defaults(run=move_unit)
    delete = words.add_parser("delete", help="delete a unit that has neither units nor accounts")
    delete.add_argument("unit", help=_PATH)
    delete.set_defaults(run=delete_unit)


async def list_units(_: argparse.Namespace, context: Context) -> None:
    """Indented."""
    tree = await unit_tree(context)
    lines = ["  " * (len(tree.names(unit.unit_id)) - 1) + unit.name for unit in tree.units]
    context.output.show([as_json(unit) for unit in tree.units], lines or ["There are no units yet."])


async def create_unit(arguments: argparse.Namespace, context: Context) -> None:
    """Below another one, or at the top."""
    parent_id = "" if arguments.below is None else _found(await unit_tree(context), arguments.below).unit_id
    request = unit_pb2.CreateUnitRequest(name=arguments.name, parent_id=parent_id)
    unit = (await context.ask(_stub(context).CreateUnit, request)).unit
    context.output.show(as_json(unit), [f"Unit {unit.name} is made."])


async def rename_unit(arguments: argparse.Namespace, context: Context) -> None:
    """What is in it stays in it."""
    unit = _found(await unit_tree(context), arguments.unit)
    request = unit_pb2.UpdateUnitRequest(unit_id=unit.unit_id, revision=unit.revision, name=arguments.name)
    changed = (await context.ask(_stub(context).UpdateUnit, request)).unit
    context.output.show(as_json(changed), [f"Unit {unit.name} is called {changed.name} now."])


async def move_unit(arguments: argparse.Namespace, context: Context) -> None:
    """With all that is below it."""
    tree = await unit_tree(context)
    unit = _found(tree, arguments.unit)
    parent_id = "" if arguments.top else _found(tree, arguments.below).unit_id
    request = unit_pb2.UpdateUnitRequest(unit_id=unit.unit_id, revision=unit.revision, parent_id=parent_id)
    changed = (await context.ask(_stub(context).UpdateUnit, request)).unit
    place = f"below {tree.path(parent_id)}" if parent_id else "at the top"
    context.output.show(as_json(changed), [f"Unit {changed.name} is {place} now."])


async def delete_unit(arguments: argparse.Namespace, context: Context) -> None:
    """Only an empty one."""
    unit = _found(await unit_tree(context), arguments.unit)
    request = unit_pb2.DeleteUnitRequest(unit_id=unit.unit_id, revision=unit.revision)
    await context.ask(_stub(context).DeleteUnit, request)
    context.output.show({"deleted": unit.unit_id}, [f"Unit {unit.name} is deleted."])


def _found(tree: UnitTree, path: str) -> unit_pb2.Unit:
    try:
        return tree.find(path)
    except ValueError as error:
        raise Failure(str(error)) from None


def _stub(context: Context) -> unit_pb2_grpc.UnitServiceAsyncStub:
    return unit_pb2_grpc.UnitServiceStub(context.auth())
