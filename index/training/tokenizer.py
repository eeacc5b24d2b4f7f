"""The encoder's tokenizer."""

from collections import Counter
from collections.abc import Sequence

from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

UNKNOWN = "[UNK]"
LONGEST_WORD = 60
#: Rarer characters than the commonest so many are unknown.
LETTERS = 400


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """A lower-casing WordPiece tokenizer of at most ``vocabulary`` tokens; each digit is a token.

    The same texts give the same tokens.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text.lower())
    letters = sorted(letter for letter, _ in counts.most_common(LETTERS) if letter.isalnum())
    # The trainer breaks ties by the order in which it met the pieces, which changes from run to run
    # unless the pieces are named beforehand.
    pieces = [UNKNOWN, *letters, *(f"##{letter}" for letter in letters)]
    learner = _tokenizer({UNKNOWN: 0})
    trainer = WordPieceTrainer(vocab_size=vocabulary, min_frequency=3, special_tokens=pieces, show_progress=False)
    learner.train_from_iterator(texts, trainer)
    return _tokenizer(learner.get_vocab(with_added_tokens=False))


def _tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits()])
    return tokenizer
