"""One date of a foreign log, as people and programs write it, and the time of day behind it.

A format is a sequence of YYYY, YY, MM, MON and DD; what stands between them does not matter. Which format a column
has is found in `date_columns`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache

HALVES = {"上午": "a", "早上": "a", "凌晨": "a", "am": "a", "下午": "p", "中午": "p", "晚上": "p", "傍晚": "p",
          "pm": "p"}  # fmt: skip
CLOCK = (
    r"(?P<half>上午|早上|凌晨|下午|中午|晚上|傍晚|[AaPp][Mm])?\s?"
    r"(?=[0-9]{1,2}\s?(?:[:时点]|[AaPp]\.?[Mm]))(?P<hour>[0-9]{1,2})\s?"
    r"(?:[:时点]\s?(?:(?P<minute>[0-9]{1,2})\s?分?)?(?:\s?:?\s?(?P<second>[0-9]{1,2})\s?秒?)?(?:[.,][0-9]{1,9})?整?)?"
    r"\s?(?P<after>[AaPp]\.?[Mm]\.?)?\s?(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?"
)
PARTS = re.compile(
    r"([0-9]{1,4}|[A-Za-z]{3,9}\.?)(\s?[-/.年]\s?|\s)([0-9]{1,2}|[A-Za-z]{3,9})\.?(?:\s?[-/.月]\s?|\s)([0-9]{1,4})\s?[日号]?"
    rf"(?:[ T]*(?P<clock>{CLOCK}))?"
)
WHOLE = re.compile(
    r"([0-9]{8})(?:[ T]?(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2}))?)?|([0-9]{6})"
)
SERIAL = re.compile(r"([2-6][0-9]{4})(\.[0-9]+)?")
WEEKDAY = re.compile(
    r"[,(]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*\)?|\(?\b(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day|[a-z]{0,2})?\.?\)?,?(?=\s|$)",
    re.IGNORECASE,
)
GLUED = re.compile(r"([0-9]{1,2})([A-Za-z]{3,9})([0-9]{2,4})(?![0-9:])")
NUMERALS = {sign: number for number, signs in enumerate(("〇零○", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
            for sign in signs}  # fmt: skip
NUMERAL = re.compile("[〇零○一二三四五六七八九十]+")
SEPARATED = ("YYYY-MM-DD", "MM-DD-YYYY", "DD-MM-YYYY", "MM-DD-YY", "DD-MM-YY", "YY-MM-DD", "DD-MON-YYYY", "MON-DD-YYYY",
             "YYYY-MON-DD", "DD-MON-YY", "MON-DD-YY")  # fmt: skip
UNBROKEN = ("YYYYMMDD", "DDMMYYYY", "MMDDYYYY", "YYMMDD", "DDMMYY", "MMDDYY")
EXCEL = "EXCEL"
FORMATS = (*SEPARATED, *UNBROKEN, EXCEL)
MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
               "november", "december")  # fmt: skip
WIDTHS = {"YYYY": (4,), "YY": (2,), "MM": (1, 2), "DD": (1, 2)}
EXCEL_EPOCH = datetime(1899, 12, 30)
EARLIEST = date(1980, 1, 1)


@lru_cache(maxsize=65536)
def tidy(value: str) -> str:
    """A date without what says nothing about it: full-width forms, weekdays, ordinals, Chinese numerals."""
    text = unicodedata.normalize("NFKC", value).strip()
    if text.isascii() and "," not in text and not any(char.isalpha() for char in text):
        return text
    if "年" in text:
        text = NUMERAL.sub(lambda found: _number(found[0]), WEEKDAY.sub(" ", text))
    text = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b|\bof\b", " ", WEEKDAY.sub(" ", text), flags=re.IGNORECASE)
    text = GLUED.sub(r"\1 \2 \3", text) if text[:1].isdigit() else text
    return re.sub(r"\s+", " ", text.replace(",", " ")).strip()


def _number(numeral: str) -> str:
    """二〇二六 → 2026, 十二 → 12, 三十 → 30."""
    if "十" not in numeral:
        return "".join(str(NUMERALS[sign]) for sign in numeral)
    tens, _, ones = numeral.partition("十")
    return str(NUMERALS.get(tens, 1) * 10 + NUMERALS.get(ones, 0))


@lru_cache(maxsize=65536)
def parse(value: str, form: str) -> date | None:
    """The date of `value` in one of FORMATS; None when it does not fit."""
    text = tidy(value)
    if form == EXCEL:
        serial = SERIAL.fullmatch(text)
        return (EXCEL_EPOCH + timedelta(days=int(serial[1]))).date() if serial else None
    if form in UNBROKEN:
        found = WHOLE.fullmatch(text)
        digits = (found[1] or found[5] or "") if found else ""
        names = re.findall("YYYY|YY|MM|DD", form)
        if len(digits) != len(form):
            return None
        cuts = [sum(map(len, names[:place])) for place in range(4)]
        return _day(names, [digits[cuts[place] : cuts[place + 1]] for place in range(3)])
    parts, names = PARTS.fullmatch(text), form.split("-")
    if not parts or len(names) != 3 or not {*names} <= {*WIDTHS, "MON"}:
        return None
    return _day(names, list(parts.group(1, 3, 4)))


def _day(names: list[str], written: list[str]) -> date | None:
    numbers = {}
    for name, digits in zip(names, written, strict=True):
        if name == "MON":
            numbers["M"] = month_of(digits)
        elif not digits.isdigit() or len(digits) not in WIDTHS[name]:
            return None
        else:
            # Of two digits the nearer century: a log of this century, or from 1980 on.
            numbers[name[0]] = int(digits) + ((2000 if int(digits) < 80 else 1900) if name == "YY" else 0)
    try:
        return date(numbers["Y"], numbers["M"], numbers["D"])
    except (ValueError, KeyError):
        return None


def month_of(name: str) -> int:
    """The number of a month's name, from three letters on; 0 for anything else."""
    said = name.rstrip(".").lower()
    said = "sep" if said == "sept" else said
    return next((n for n, full in enumerate(MONTH_NAMES, 1) if len(said) > 2 and full.startswith(said)), 0)


def time_of(value: str) -> time | None:
    """The time of day behind a date, when the value has one."""
    text = tidy(value)
    serial = SERIAL.fullmatch(text)
    if serial:
        moment = EXCEL_EPOCH + timedelta(seconds=round(float(serial[2] or 0) * 86400))
        return moment.time() if serial[2] else None
    whole = WHOLE.fullmatch(text)
    if whole:
        return _clock(whole["hour"], whole["minute"], whole["second"], "") if whole["hour"] else None
    found = PARTS.fullmatch(text)
    if not found or not found["clock"]:
        return None
    half = (found["after"] or found["half"] or "").replace(".", "").lower()
    return _clock(found["hour"], found["minute"], found["second"], HALVES.get(half, ""))


def _clock(hour: str, minute: str | None, second: str | None, half: str) -> time | None:
    number = int(hour)
    if half and number <= 12:
        number = number % 12 + (12 if half == "p" else 0)
    try:
        return time(number, int(minute or 0), int(second or 0))
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def writing(value: str) -> str:
    """How a value is written, digits and values apart: values of one writing have one format or none."""
    text = tidy(value)
    found = PARTS.fullmatch(text)
    if found:
        widths = ["a" if part[0].isalpha() else "4" if len(part) > 2 else "2" for part in found.group(1, 4)]
        return (found[2].strip() or " ") + "".join(widths) + ("a" if found[3].isalpha() else "")
    whole = WHOLE.fullmatch(text)
    if whole:
        return "whole6" if whole[5] else "whole8"
    return "serial" if SERIAL.fullmatch(text) else "none"


def normal(form: str) -> str:
    """A format as people write it (M/D/YYYY, dd.mm.yyyy, %m/%d/%Y, 年-月-日) as one of FORMATS, or as it was."""
    text = form.strip().replace("%Y", "YYYY").replace("%y", "YY").replace("%m", "MM").replace("%d", "DD")
    text = text.replace("%b", "MON").upper().replace("MMMM", "MON").replace("MMM", "MON")
    if {"年", "月", "日"} <= {*text} and not {*"YMD"} & {*text}:
        text = text.replace("年", "YYYY-").replace("月", "MM-").replace("日", "DD-")
    parts = [part for part in re.split(r"[-/. 年月日]+", text) if part]
    wide = {"M": "MM", "D": "DD", "Y": "YYYY"}
    return "-".join(wide.get(part, part) for part in parts)
