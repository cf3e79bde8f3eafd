"""BM25: how well the words of a candidate answer the words of a query."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.problem.encoding import WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True)
class BM25:
    """Word statistics of a collection of candidates.

    Attributes
    ----------
    n_documents : int
        Candidates counted.
    in_documents : dict of str to int
        Candidates that contain each word.
    mean_length : float
        Words per candidate.
    k1, b : float
        Saturation of repeated words, and how much long candidates pay.

    References
    ----------
    Robertson and Zaragoza (2009), The probabilistic relevance framework: BM25 and
    beyond, equation 3.15, with the weight log(1 + (N − n + ½)/(n + ½)), never negative.
    """

    n_documents: int
    in_documents: dict[str, int]
    mean_length: float
    k1: float = 1.2
    b: float = 0.75

    def score(
        self, queries: Sequence[str | None], candidates: Sequence[str | None]
    ) -> NDArray[np.float64]:
        """Score pairs of query and candidate, shape (n,); 0 where no word is shared."""
        pairs = zip(queries, candidates, strict=True)
        return np.array([self._score(_words(q), _words(c)) for q, c in pairs])

    def _score(self, query: list[str], candidate: list[str]) -> float:
        counts = Counter(candidate)
        length = 1 - self.b + self.b * len(candidate) / self.mean_length
        total = 0.0
        for word in set(query) & counts.keys():
            n = self.in_documents.get(word, 0)
            weight = log(1 + (self.n_documents - n + 0.5) / (n + 0.5))
            total += weight * counts[word] * (self.k1 + 1) / (counts[word] + self.k1 * length)
        return total


def fit_bm25(candidates: Iterable[str | None]) -> BM25:
    """Count the words of distinct candidates."""
    n, n_words, in_documents = 0, 0, Counter[str]()
    for text in {text for text in candidates if text is not None}:
        words = _words(text)
        n, n_words = n + 1, n_words + len(words)
        in_documents.update(set(words))
    return BM25(
        n_documents=n, in_documents=dict(in_documents), mean_length=max(n_words / max(n, 1), 1)
    )


def _words(text: str | None) -> list[str]:
    return [] if text is None else WORD.findall(text.lower())
