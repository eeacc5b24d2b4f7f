"""The encoder's tokenizer: WordPiece whose pieces are words and the parts of compounds."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

from corpus.lexicon import compound_parts

UNKNOWN = "[UNK]"
#: What a piece that continues a word begins with.
CONTINUING = "##"
LONGEST_WORD = 60
LONGEST_PIECE = 40
#: Rarer characters than the commonest so many are unknown.
LETTERS = 400
#: The share of the vocabulary learned from letters up, so that every word can be written.
LEARNED_SHARE = 1 / 6
#: A compound that is seen so often has a vector of its own beside those of its parts.
WHOLE_COMPOUND = 300
#: Words that are seen less are not worth taking apart.
RARE = 2


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """A lower-casing tokenizer of at most ``vocabulary`` tokens; each digit is a token.

    "hemtjänstkostnaderna" is "hemtjänst" and "##kostnaderna", whose vectors are learned from all
    the compounds that they stand in. The same texts give the same tokens.
    """
    learned = _learned(texts, round(vocabulary * LEARNED_SHARE))
    tokens = dict.fromkeys((UNKNOWN, *sorted(learned, key=learned.__getitem__)))
    for token in _words_and_parts(texts):
        if len(tokens) >= vocabulary:
            break
        tokens.setdefault(token)
    return _tokenizer({token: number for number, token in enumerate(tokens)})


def _learned(texts: Sequence[str], size: int) -> Mapping[str, int]:
    """Pieces joined from letters by WordPiece's own training, with their numbers."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text.lower())
    letters = sorted(letter for letter, _ in counts.most_common(LETTERS) if letter.isalnum())
    # The trainer breaks ties by the order in which it met the pieces, which changes from run to run
    # unless the pieces are named beforehand.
    pieces = [UNKNOWN, *letters, *(CONTINUING + letter for letter in letters)]
    learner = _tokenizer({UNKNOWN: 0})
    trainer = WordPieceTrainer(vocab_size=size, min_frequency=3, special_tokens=pieces, show_progress=False)
    learner.train_from_iterator(texts, trainer)
    return learner.get_vocab(with_added_tokens=False)


def _words_and_parts(texts: Sequence[str]) -> list[str]:
    """Words, and compounds' parts as the pieces that they would be, the commonest first."""
    tokenizer = _tokenizer({UNKNOWN: 0})
    words: Counter[str] = Counter()
    for text in texts:
        words.update(word for word, _ in _split(tokenizer, text))
    tokens: Counter[str] = Counter()
    for word, count in words.items():
        first, *rest = _pieces(word) if count >= RARE else [word]
        tokens[first] += count
        for part in rest:
            tokens[CONTINUING + part] += count
        if rest and count >= WHOLE_COMPOUND:
            tokens[word] += count
    return sorted((token for token in tokens if len(token) <= LONGEST_PIECE), key=lambda token: (-tokens[token], token))


def _pieces(word: str) -> list[str]:
    """A compound cut before each of its parts, so that a linking letter stays with the part before it."""
    cuts = [len(word)]
    for part in reversed(compound_parts(word)[1:]):
        cuts.insert(0, word.rindex(part, 0, cuts[0]))
    return [word[start:end] for start, end in itertools.pairwise([0, *cuts])]


def _split(tokenizer: Tokenizer, text: str) -> list[tuple[str, tuple[int, int]]]:
    found: list[tuple[str, tuple[int, int]]] = tokenizer.pre_tokenizer.pre_tokenize_str(
        tokenizer.normalizer.normalize_str(text)
    )
    return found


def _tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits()])
    return tokenizer
