"""Personal data in the cells of a log: found by its form and masked, before anything is written (architecture 13).

Whole columns that name a person stay out by their header (`load.headers.is_personal`). What stands inside a text is
masked: telephone and identity numbers, bank cards, e-mail addresses, accounts, number plates. A name in a text
cannot be recognised by its form; the dry run says so.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

MASK = "***"
"""The same in every language and at every import, so that a masked row is recognised when it comes again."""
# Cheap to ask first: a text without any of these holds nothing that we mask.
PLATE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]"
SUSPECT = re.compile(rf"[0-9]{{5}}|[0-9][ .-][0-9]{{2,3}}|@|微信|[Ww]e[Cc]hat|QQ|qq|{PLATE}")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"(?![0-9A-Za-z])"
)
MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9])")
DATED = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
PATTERNS = (
    EMAIL,
    IDENTITY,
    MOBILE,
    re.compile(r"(?<![0-9A-Za-z-])0[1-9][0-9]{1,2}[- ]?[1-9][0-9]{6,7}(?![0-9-])"),
    re.compile(r"(?<![0-9A-Za-z])\+[1-9][0-9]{0,2}[- ]?(?:\([0-9]+\)[- ]?)?[0-9](?:[- ]?[0-9]){6,12}(?![0-9])"),
    re.compile(r"(?<![0-9A-Za-z-])(?!400|800)(?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}(?![0-9-])"),
    re.compile(r"(?<![0-9A-Za-z-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])"),
    re.compile(r"(?:微信|[Ww]e[Cc]hat|QQ|qq)(?:号码?|账号)?\s?(?:是|为|[:：])?\s?[A-Za-z0-9_-]{5,20}"),
    re.compile(PLATE + "[·• -]?[A-Z0-9]{5,6}(?![A-Za-z0-9])"),
)
CARD = re.compile(
    r"(?<![0-9A-Za-z])(?:62|4[0-9]|5[1-5])[0-9]{2}(?:[- ]?[0-9]{4}){3}(?:[- ]?[0-9]{1,3})?(?![0-9A-Za-z])"
)
TOKEN = re.compile(r"P-[0-9A-Z]{8}|anonymous")
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def masked(text: str) -> str:
    """The text with everything masked that has the form of a personal datum."""
    if len(text) < 6 or not SUSPECT.search(text):
        return text
    for pattern in PATTERNS:
        text = pattern.sub(MASK, text)
    return CARD.sub(lambda found: MASK if _luhn(found[0]) else found[0], text)


def masked_number(text: str) -> str:
    """The number of a case or an order as it is, unless it is itself the number of a person's telephone or identity.

    Eleven digits that begin with a date (170304…) are the number of a case.
    """
    if MOBILE.fullmatch(text) and not DATED.match(text):
        return MASK
    return MASK if IDENTITY.fullmatch(text) or EMAIL.fullmatch(text) else text


def _luhn(card: str) -> bool:
    digits = [int(char) for char in reversed(card) if char.isdigit()]
    return sum(d if place % 2 == 0 else sum(divmod(2 * d, 10)) for place, d in enumerate(digits)) % 10 == 0


@dataclass(slots=True)
class Tokens:
    """One random token for each different value of a column that names persons (corrections 43).

    Nothing leads back from a token to the value, and no index is kept: the same person gets the same token within
    one import only. A value that already is a token stays.
    """

    given: dict[str, str] = field(default_factory=dict)

    def of(self, value: str) -> str:
        if TOKEN.fullmatch(value):
            return value
        if value not in self.given:
            self.given[value] = "P-" + "".join(secrets.choice(LETTERS) for _ in range(8))
        return self.given[value]
