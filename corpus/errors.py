"""What can go wrong, as one family of exceptions whose messages are sentences for people."""

import errno

from corpus.shown import shown

REASONS = {
    errno.ENOENT: "den finns inte",
    errno.EACCES: "behörighet saknas",
    errno.EPERM: "behörighet saknas",
    errno.ENOTDIR: "det är ingen mapp",
    errno.EEXIST: "det är ingen mapp",
    errno.EISDIR: "det är en mapp",
    errno.ENOSPC: "disken är full",
    errno.EROFS: "disken är skrivskyddad",
    errno.EFBIG: "filen får inte bli större",
    errno.EDQUOT: "diskutrymmet är slut",
    errno.ENAMETOOLONG: "namnet är för långt",
    errno.EADDRINUSE: "porten är upptagen",
    errno.EADDRNOTAVAIL: "adressen hör inte till den här datorn",
}


def reason(error: OSError) -> str:
    """Why the system said no, in Swedish."""
    return REASONS.get(error.errno or 0, "fel från operativsystemet")


class RapportsvarError(Exception):
    """An expected failure. ``str(error)`` is one Swedish sentence: what is wrong, what to do."""

    def __str__(self) -> str:
        # The names of files are in them, and those are from strangers. Some tell of several lines of a file.
        return "\n".join(map(shown, super().__str__().split("\n")))


class UnreadableFile(RapportsvarError):
    """A report file that cannot be read; the other files are not affected."""


class UnsupportedFormat(UnreadableFile):
    """The file is neither PDF, DOCX nor TXT, whatever its name says."""


class DamagedFile(UnreadableFile):
    """The file is truncated or its structure is broken."""


class EncryptedFile(UnreadableFile):
    """The PDF needs a password."""


class EmptyFile(UnreadableFile):
    """The file holds no text at all."""


class NoTextLayer(UnreadableFile):
    """Every page is a picture; there is no text to read."""


class TooLarge(UnreadableFile):
    """The file has more pages or bytes than a report can have."""


class BadSidecar(RapportsvarError):
    """The sidecar file beside a report cannot be understood."""


class GlossaryError(RapportsvarError):
    """A glossary file that cannot be read or understood."""


class LibraryError(RapportsvarError):
    """The library folder is missing, damaged, locked or made by another version."""


class ModelMismatch(LibraryError):
    """The library was indexed with another encoder than the one asked for."""


class BadQuestion(RapportsvarError):
    """A question that cannot be searched for: empty or far too long."""


class BadAnswerFile(RapportsvarError):
    """A file of saved answers that cannot be read or understood."""
