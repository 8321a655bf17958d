"""What a theme leaves undone is done after the renderer, and nothing that a name may hold gets out of its place."""

from __future__ import annotations

import pytest

from clausebook.publish.finish import finished, quoted

PAGE = (
    '<!doctype html><html lang="en"><head><title>T</title><script src="a/shim.js"></script>'
    '<script>first()</script><script src="b.js" defer></script></head><body dir="ltr">'
    '<input class="md-toggle" data-md-toggle="drawer" type="checkbox" id="__drawer">'
    '<div data-md-component="skip"> <a href="#x" class="md-skip"> Skip to </a> </div>'
    '<div class="md-search" data-md-component="search" role="dialog"></div>{body}'
    '<script src="bundle.js"></script></body></html>'
)


def page(body: str = "", language: str = "en") -> str:
    return finished(PAGE.format(body=body), language)


def test_what_is_only_drawn_gets_a_name_once() -> None:
    html = page()
    assert '<div class="md-search" data-md-component="search" role="dialog" aria-label="Search">' in html
    assert '<input class="md-toggle" data-md-toggle="drawer" aria-label="Navigation" type="checkbox"' in html
    assert finished(html, "en").count("aria-label") == 2


def test_the_way_past_comes_first_and_says_where_it_leads() -> None:
    html = page(language="zh")
    assert '<body dir="ltr"><div data-md-component="skip"><a href="#x" class="md-skip">跳到正文</a></div><input' in html


def test_no_script_of_the_head_holds_up_the_first_view() -> None:
    head, _, body = page().partition("</head>")
    assert "shim.js" not in head and "first()" in head and "b.js" in head
    assert body.index("shim.js") < body.index("bundle.js"), "in the order that was meant"


def test_chinese_words_in_an_english_page_are_said_in_chinese() -> None:
    html = page('<p>Received</p><td align="left">客服热线</td><a href="x"><b>K 投诉</b></a><i lang="ja">東京</i>')
    assert '<td align="left" lang="zh">客服热线' in html and '<b lang="zh">K 投诉' in html
    assert "<p>Received" in html and '<i lang="ja">東京' in html and html.count('lang="zh"') == 2
    assert 'lang="zh"' not in page("<p>客服热线</p>", "zh")


@pytest.mark.parametrize("line", ['"}</style><script>x()</script>', "a\\", "a\nb", "\u202e{}", "*/ @import url(//x)"])
def test_no_name_ends_the_string_it_stands_in(line: str) -> None:
    said = quoted(line)
    assert said[0] == said[-1] == '"'
    assert not set('"<>{}()/@*\n\u202e') & set(said[1:-1])
    assert not said.endswith('\\"')


def test_a_page_without_any_of_it_stays_as_it_is() -> None:
    assert finished("<p>x</p>", "en") == "<p>x</p>"
