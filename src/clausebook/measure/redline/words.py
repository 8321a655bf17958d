"""What a reader takes for one word.

Chinese is cut into words by jieba's dictionary, not its guesses, so that the same text is always cut alike; numbers,
dates, document numbers and versions are never torn apart.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

TOKEN = re.compile(
    r"""
    \]\([^)\s]*\) | \{\#[A-Za-z0-9_.-]+\} | \#{1,6}(?=\s) | \*\*|__|~~        # marks of Markdown
    | [0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?   # 2026-11-02, with a time or without
    | [0-9]+年(?:[0-9]+月(?:[0-9]+[日号])?)? | [0-9]+月(?:[0-9]+[日号])?
    | [A-Z]/[0-9]+(?![A-Za-z0-9])                                             # a version: A/1
    | [+-]?[0-9０-９]+(?:[.,:/][0-9０-９]+)*[%％‰]?(?![A-Za-z0-9_])             # 1,200.5 · 10:30 · 95%
    | (?P<han>[\u4e00-\u9fd5]+)
    | (?:(?![\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])\w)+
      (?:[-.'’@_](?![\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])\w+)*   # CP-08, complaint-manager, don't
    | \s+
    | .[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d.[\ufe0f]?)*
    """,
    re.VERBOSE | re.DOTALL,
)


def words(text: str) -> list[str]:
    """`text` as words, spaces and single signs; joined again they are the text."""
    cut: list[str] = []
    for token in TOKEN.finditer(text):
        if token["han"] and len(token["han"]) > 1:
            cut += _chinese().lcut(token["han"], HMM=False)
        else:
            cut.append(token[0])
    return cut


@lru_cache(maxsize=1)
def _chinese() -> Any:
    """jieba with its dictionary read afresh: its cache lies where anyone on the machine may write."""
    import jieba  # type: ignore[import-untyped]

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


@lru_cache(maxsize=8192)
def weights(text: str) -> Counter[str]:
    """The words of a text, each with the letters it contributes; signs and spaces contribute none."""
    said = Counter(word for word in words(text) if any(map(str.isalnum, word)))
    return Counter({word: count * len(word) for word, count in said.items()})
