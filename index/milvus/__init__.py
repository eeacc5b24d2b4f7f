"""A library in Milvus, which many servers ask, and whose searches are as many machines' as are given to them.

Two collections: passages, with a dense and a sparse vector each, and records, which hold the rest as
text: the files of the segments' tables, which never change and are copied to each machine that asks;
the versions, of which the last counts; and who is writing. Milvus finds candidates, and exact scores
rank them, so that the ranking is that of a library in a folder.
"""

from index.milvus.storage import Milvus

__all__ = ["Milvus"]
