"""Token vectors to start from: what stands near what in running text.

Positive pointwise mutual information, factorised by a truncated SVD, gives vectors as good as
word2vec's (Levy, Goldberg and Dagan 2015, whose settings these are): inflections, compounds and
synonyms come near each other before a single pair is seen.
"""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

#: Tokens on either side that count as near.
WINDOW = 6
#: Commoner tokens than this share of all, or than this many times the mean, are thinned out, as in word2vec.
THINNED_ABOVE = 1e-4
THINNED_ABOVE_MEAN = 4
#: Exponent that smooths the distribution of contexts.
SMOOTHING = 0.75
#: Tokens counted at a time, which bounds the memory.
CHUNK = 2_000_000


def token_vectors(ids: np.ndarray, starts: np.ndarray, vocabulary: int, dimension: int, seed: int) -> np.ndarray:
    """Vectors of length one; shape (vocabulary, dimension). Text ``i`` is ``ids[starts[i]:starts[i + 1]]``.

    A token that never stands beside another has the zero vector.
    """
    texts = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    rng = np.random.default_rng(seed)
    share = np.bincount(ids, minlength=vocabulary) / len(ids)
    limit = max(THINNED_ABOVE, THINNED_ABOVE_MEAN / vocabulary)
    kept = rng.random(len(ids)) < np.sqrt(limit / np.maximum(share, 1e-12))[ids]
    table = _ppmi(_counts(ids[kept], texts[kept], vocabulary))
    left, strength, _ = randomized_svd(
        table, min(dimension, vocabulary - 1), n_iter=3, n_oversamples=20, random_state=seed
    )
    vectors = np.zeros((vocabulary, dimension), np.float32)
    vectors[:, : left.shape[1]] = left * np.sqrt(strength)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9))


def _counts(ids: np.ndarray, texts: np.ndarray, vocabulary: int) -> sp.coo_matrix:
    """How often each token stands within the window of each other, in the same text."""
    counts = sp.csr_matrix((vocabulary, vocabulary), dtype=np.float32)
    for at in range(0, len(ids), CHUNK):
        near, of = ids[at : at + CHUNK + WINDOW], texts[at : at + CHUNK + WINDOW]
        rows, columns = [], []
        for distance in range(1, WINDOW + 1):
            count = max(0, min(CHUNK, len(near) - distance))
            same = of[:count] == of[distance : distance + count]
            rows.append(near[:count][same])
            columns.append(near[distance : distance + count][same])
        pairs = (np.concatenate(rows), np.concatenate(columns))
        counts += sp.coo_matrix((np.ones(len(pairs[0]), np.float32), pairs), shape=counts.shape).tocsr()
    return (counts + counts.T).tocoo()


def _ppmi(counts: sp.coo_matrix) -> sp.csr_matrix:
    """Positive pointwise mutual information, the distribution of contexts smoothed."""
    totals = np.bincount(counts.row, counts.data, counts.shape[0])
    contexts = totals**SMOOTHING
    contexts /= contexts.sum()
    information = np.log(counts.data / (totals[counts.row] * contexts[counts.col]))
    positive = information > 0
    return sp.csr_matrix(
        (information[positive].astype(np.float32), (counts.row[positive], counts.col[positive])), shape=counts.shape
    )
