"""Queries that are put together once and then only filled in.

Putting a query together takes Django several times as long as the database takes to answer it.
Guests wait for that on every page, and other guests while one books under a lock. So what they
wait for is prepared: a function that returns a queryset runs once per shape of its arguments,
and what Django made of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any, ClassVar, NamedTuple, ParamSpec, Self, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Arguments = ParamSpec("Arguments")
Row = TypeVar("Row")

SHAPES = 256
"""How many shapes of its arguments a prepared query remembers."""


def prepared(
    compose: Callable[Arguments, QuerySet[Any, Row]],
) -> Callable[Arguments, list[Row]]:
    """Decorator: the function returns the rows of its queryset instead of the queryset.

    Its arguments are given by position: values, or collections of values for ``__in``. It may
    only hand them to lookups, as it gets something else in their place. Rows are models, with
    ``select_related`` and annotations, or from ``values_list``; nothing can be prefetched, and
    no argument can be None.
    """

    @lru_cache(maxsize=SHAPES)
    def statement(*lengths: int | None) -> Statement:
        return Statement(compose(*map(_gap, range(len(lengths)), lengths)))  # type: ignore[call-arg, arg-type]

    @wraps(compose)
    def run(*values: Any) -> list[Row]:
        arguments = [tuple(value) if _is_collection(value) else value for value in values]
        lengths = [len(value) if type(value) is tuple else None for value in arguments]
        return statement(*lengths).rows(arguments)

    return run  # type: ignore[return-value]


class Gap(NamedTuple):
    """Where a value goes: which argument, and for a collection which of its members."""

    argument: int
    member: int | None = None

    def filled(self, arguments: list[Any], connection: BaseDatabaseWrapper) -> Any:
        value = arguments[self.argument]
        if self.member is not None:
            value = value[self.member]
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, date):
            return connection.ops.adapt_datefield_value(value)
        return value


class Gaps(Expression):
    """What a query is put together with in place of an argument."""

    def __init__(self, gaps: list[Gap]) -> None:
        super().__init__()
        self.gaps = gaps

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        if not self.gaps:
            raise EmptyResultSet
        return ", ".join(["%s"] * len(self.gaps)), self.gaps


class Statement:
    """The SQL of a queryset with gaps, and what it takes to make rows of the answer."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.queryset = queryset
        self.locks = queryset.query.select_for_update
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            self.sql, self.parameters = compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
        self.select = compiler.select
        self.klass_info = compiler.klass_info
        self.annotation_col_map = compiler.annotation_col_map
        converters = compiler.get_converters([column[0] for column in compiler.select])
        self.converters = list(converters.items())

    def rows(self, arguments: list[Any]) -> list[Any]:
        if not self.sql:
            return []
        asked: Any = Asked(self, arguments)
        made: Any = self.queryset._iterable_class(asked)
        return list(made)


class Asked:
    """A statement with its gaps filled.

    It stands in for the three things that Django's makers of rows talk to: the queryset, its
    query, and the compiler of that.
    """

    _known_related_objects: ClassVar[dict[Any, Any]] = {}

    def __init__(self, statement: Statement, arguments: list[Any]) -> None:
        self.statement = statement
        self.arguments = arguments
        self.model = statement.queryset.model
        self.db = statement.queryset.db
        self.connection = connections[self.db]
        self.query = self
        self.select = statement.select
        self.klass_info = statement.klass_info
        self.annotation_col_map = statement.annotation_col_map

    def get_compiler(self, *args: Any, **kwargs: Any) -> Self:
        return self

    def execute_sql(self, **kwargs: Any) -> Any:
        parameters = [
            each.filled(self.arguments, self.connection) if type(each) is Gap else each
            for each in self.statement.parameters
        ]
        if self.statement.locks and not self.connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked within a transaction only.")
        with self.connection.cursor() as cursor:
            cursor.execute(self.statement.sql, parameters)
            return cursor.fetchall()

    def results_iter(
        self, results: list[tuple[Any, ...]] | None = None, **kwargs: Any
    ) -> Iterator[Sequence[Any]]:
        rows = self.execute_sql() if results is None else results
        return self._converted(rows) if self.statement.converters else iter(rows)

    def _converted(self, rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
        for values in map(list, rows):
            for position, (converters, expression) in self.statement.converters:
                for converter in converters:
                    values[position] = converter(values[position], expression, self.connection)
            yield values


def _gap(argument: int, length: int | None) -> Gaps:
    if length is None:
        return Gaps([Gap(argument)])
    return Gaps([Gap(argument, member) for member in range(length)])


def _is_collection(value: Any) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str)
