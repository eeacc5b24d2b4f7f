"""What the system refused, behind the errors of libraries that wrap it in their own."""

import errno
import os
import re
import sqlite3

#: Tantivy's errors, which are Rust's, end so.
OS_ERROR = re.compile(r"os error (\d+)")
SQLITE = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS, sqlite3.SQLITE_IOERR: errno.EIO}
REFUSALS = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE)


def refusal(error: Exception) -> OSError | None:
    """The system's refusal that an error of SQLite, Tantivy or FAISS tells of; None where it tells of none."""
    told = str(error)
    if isinstance(error, sqlite3.Error):
        # The lowest byte is the kind of error; the rest says more of it.
        code = SQLITE.get(error.sqlite_errorcode & 0xFF)
        return OSError(code, told) if code else None
    if found := OS_ERROR.search(told):
        return OSError(int(found[1]), told)
    code = next((code for code in REFUSALS if os.strerror(code) in told), None)
    if code is None and "write error" in told.lower():
        code = errno.EIO
    return OSError(code, told) if code else None
