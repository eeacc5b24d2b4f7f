"""One library's collections in Milvus. pymilvus is imported here only."""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

# What goes wrong is told once, by what is raised.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

import grpc
from pymilvus import DataType, MilvusClient, MilvusException

from corpus.errors import LibraryError
from index.lexical import Fields
from index.places import Address

#: Seconds that a call may take.
TIMEOUT = 60
#: Rows sent, or asked for, at a time: some two megabytes, since some gateways take no more than four.
ROWS, RECORDS = 500, 32
#: Milvus's own limits: hits of a search, and bytes of a text.
MOST_HITS, LONGEST_TEXT = 16_384, 65_535
#: A reader sees what was written before it asked, whichever node answers.
CONSISTENCY = "Strong"

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


@lru_cache(8)
def _client(address: Address) -> MilvusClient:
    return MilvusClient(address.uri, token=os.environ.get("RAPPORTSVAR_MILVUS_TOKEN", ""), timeout=10)


class Collections:
    """The passages and the records of a library. Several threads may ask at a time.

    Everything raises LibraryError where Milvus doesn't answer as it should.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._passages, self._records = f"{address.name}_passages", f"{address.name}_records"

    def exist(self) -> bool:
        """Whether there are such collections; if so they are made ready to be asked."""
        if not (self._has(self._records) and self._has(self._passages)):
            return False
        # After a restart Milvus may have them on disk only.
        self._call("load_collection", self._passages)
        self._call("load_collection", self._records)
        return True

    def create_records(self) -> None:
        """Make the records where there are none."""
        fields = {
            "id": {"datatype": DataType.VARCHAR, "is_primary": True, "max_length": 128},
            "kind": {"datatype": DataType.VARCHAR, "max_length": 64},
            "data": {"datatype": DataType.VARCHAR, "max_length": LONGEST_TEXT},
            # A collection must have a vector.
            "vector": {"datatype": DataType.FLOAT_VECTOR, "dim": 2},
        }
        self._create(self._records, fields, {"vector": "FLAT"})

    def create_passages(self, dimension: int) -> None:
        """Make the passages anew, for dense vectors of so many numbers. The caller is the only writer."""
        if self._has(self._passages):
            self._call("drop_collection", self._passages)
        fields = {
            "number": {"datatype": DataType.INT64, "is_primary": True},
            "report": {"datatype": DataType.VARCHAR, "max_length": 64},
            **{field: {"datatype": DataType.INT32} for field in Fields._fields},
            "dense": {"datatype": DataType.FLOAT_VECTOR, "dim": dimension},
            "sparse": {"datatype": DataType.SPARSE_FLOAT_VECTOR},
        }
        # Both find the best exactly; another index may be put in their place.
        self._create(self._passages, fields, {"dense": "FLAT", "sparse": "SPARSE_INVERTED_INDEX"})

    def _has(self, name: str) -> bool:
        return bool(self._call("has_collection", name))

    def _create(self, name: str, fields: Mapping[str, dict[str, Any]], indexes: Mapping[str, str]) -> None:
        """Make a collection, or what is left to make of it by somebody who was interrupted."""
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        for field, options in fields.items():
            schema.add_field(field, **options)
        try:
            if not self._has(name):
                self._call("create_collection", name, schema=schema, consistency_level=CONSISTENCY)
        except LibraryError:
            # Another writer may have made it meanwhile.
            if not self._has(name):
                raise
        for field, kind in indexes.items():
            if not self._call("list_indexes", name, field_name=field):
                chosen = MilvusClient.prepare_index_params()
                chosen.add_index(field, index_type=kind, metric_type="IP")
                self._call("create_index", name, index_params=chosen)
        self._call("load_collection", name)

    # --- records ---

    def put(self, kind: str, texts: Mapping[str, str]) -> None:
        """Keep texts by their ids, instead of those that have them."""
        rows = [{"id": each, "kind": kind, "data": data, "vector": [0.0, 0.0]} for each, data in texts.items()]
        for at in range(0, len(rows), RECORDS):
            self._call("upsert", self._records, rows[at : at + RECORDS])

    def of_kind(self, kind: str) -> dict[str, str]:
        """The texts of a kind, by their ids."""
        rows = self._call("query", self._records, filter=f"kind == {json.dumps(kind)}", output_fields=["id", "data"])
        return {row["id"]: row["data"] for row in rows}

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts with these ids, as far as there are such."""
        found: dict[str, str] = {}
        for at in range(0, len(ids), RECORDS):
            asked = list(ids[at : at + RECORDS])
            rows = self._call("get", self._records, ids=asked, output_fields=["id", "data"])
            found |= {row["id"]: row["data"] for row in rows}
        return found

    def forget(self, ids: Iterable[str]) -> None:
        """Drop the texts with these ids."""
        if gone := sorted(ids):
            self._call("delete", self._records, filter=f"id in {json.dumps(gone)}")

    def keep_kinds(self, kinds: Iterable[str]) -> None:
        """Drop the texts of all other kinds."""
        self._call("delete", self._records, filter=f"kind not in {json.dumps(sorted(kinds))}")

    # --- passages ---

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Add passages, whose numbers are new."""
        for at in range(0, len(rows), ROWS):
            self._call("insert", self._passages, list(rows[at : at + ROWS]))

    def drop(self, condition: str) -> None:
        """Drop the passages that a condition is true of."""
        self._call("delete", self._passages, filter=condition)

    def values(self, numbers: Sequence[int], fields: Sequence[str]) -> dict[int, dict[str, Any]]:
        """These ``fields`` of the passages with these numbers, as far as there are such."""
        found: dict[int, dict[str, Any]] = {}
        for at in range(0, len(numbers), ROWS):
            asked = list(numbers[at : at + ROWS])
            rows = self._call("get", self._passages, ids=asked, output_fields=["number", *fields])
            found |= {row["number"]: row for row in rows}
        return found

    def nearest(
        self, field: str, query: Sequence[float] | Mapping[int, float], most: int, condition: str, fields: Sequence[str]
    ) -> list[tuple[int, float, dict[str, Any]]]:
        """The passages whose vector in ``field`` has the largest inner products with ``query``, best first.

        Each with its number, the product and these ``fields``.
        """
        hits = self._call(
            "search",
            self._passages,
            [query],
            anns_field=field,
            limit=min(most, MOST_HITS),
            filter=condition,
            output_fields=list(fields),
            search_params={"metric_type": "IP"},
        )
        return [(hit["number"], hit["distance"], hit["entity"]) for hit in hits[0]]

    def _call(self, name: str, *values: Any, **named: Any) -> Any:
        try:
            method: Callable[..., Any] = getattr(_client(self.address), name)
            return method(*values, timeout=TIMEOUT, **named)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError, ConnectionError) as error:
            told = error.details() if isinstance(error, grpc.Call) else str(error)
            raise LibraryError(
                f"Milvus i {self.address} svarar inte som det ska; kontrollera att det är igång, adressen och "
                f"RAPPORTSVAR_MILVUS_TOKEN ({' '.join(str(told).split())[:200]})."
            ) from error
