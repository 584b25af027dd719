"""GitHub's public schema, and what it takes of a query beyond being well formed.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_ast_schema,
    parse,
    validate,
)
from graphql.type import GraphQLNamedType, get_named_type, is_interface_type, is_object_type

DATA = Path(__file__).resolve().parents[2] / "data" / "graphql" / "schema.graphql.gz"
MOST_OF_A_PAGE = 100
MOST_NODES = 500_000


@cache
def schema() -> GraphQLSchema:
    """The schema; read where the first query comes, since it takes a third of a second."""
    text = gzip.decompress(DATA.read_bytes()).decode()
    return build_ast_schema(parse(text, no_location=True), assume_valid=True, assume_valid_sdl=True)


def problems(document: DocumentNode, variables: Mapping[str, Any]) -> tuple[list[GraphQLError], int, int]:
    """What is wrong with a query, the nodes that it may have to read at most, and the requests that are its cost."""
    errors = list(validate(schema(), document))
    if errors:
        return errors, 0, 0
    walk = _Walk(document, variables)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema().get_root_type(definition.operation)
            walk.look(definition.selection_set, root, 1)
    if walk.nodes > MOST_NODES:
        walk.errors.append(GraphQLError(f"This query requests up to {walk.nodes} possible nodes, the maximum is {MOST_NODES}."))
    return walk.errors, walk.nodes, walk.requests


class _Walk:
    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        self.variables = variables
        self.errors: list[GraphQLError] = []
        self.nodes = self.requests = 0

    def look(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None, times: int) -> None:
        """Count what is below a type that is read so many times."""
        for it in selections.selections if selections else ():
            if isinstance(it, FieldNode):
                self._field(it, parent, times)
            elif isinstance(it, FragmentSpreadNode):
                fragment = self.fragments[it.name.value]
                self.look(fragment.selection_set, schema().type_map[fragment.type_condition.name.value], times)
            elif isinstance(it, InlineFragmentNode):
                named = it.type_condition.name.value if it.type_condition else None
                self.look(it.selection_set, schema().type_map[named] if named else parent, times)

    def _field(self, field: FieldNode, parent: GraphQLNamedType | None, times: int) -> None:
        if not (is_object_type(parent) or is_interface_type(parent)) or field.name.value not in parent.fields:
            return
        definition = parent.fields[field.name.value]
        kind = get_named_type(definition.type)
        if kind.name.endswith("Connection") and {"first", "last"} <= set(definition.args):
            # one request fulfils a connection of one parent
            self.requests += times
            times *= self._page(field)
            self.nodes += times
        self.look(field.selection_set, kind, times)

    def _page(self, field: FieldNode) -> int:
        sizes = {it.name.value: it.value for it in field.arguments or () if it.name.value in {"first", "last"}}
        name, found = field.name.value, []
        for argument, value in sizes.items():
            size = int(value.value) if isinstance(value, IntValueNode) else None
            if isinstance(value, VariableNode):
                size = self.variables.get(value.name.value)
            if size is None:
                continue
            found.append(size)
            if not 1 <= size <= MOST_OF_A_PAGE:
                message = f"Requesting {size} records on the `{name}` connection exceeds the `{argument}` limit of 100 records."
                self.errors.append(GraphQLError(message, field, extensions={"type": "EXCESSIVE_PAGINATION"}))
        if len(found) != 1:
            message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            self.errors.append(GraphQLError(message, field, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"}))
        return min(found, default=1)
