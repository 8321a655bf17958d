"""`clausebook verify`: flipped bits and rewritten histories are found against the anchor (threats I1, I2)."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from clausebook.cli import main
from clausebook.problems import UserError
from clausebook.publish.anchor import anchor, fasten, fastened
from clausebook.publish.book import Book
from clausebook.wording import LANGUAGES, messages
from clausebook.work.verifying import Verified, verify
from document_control import DOCUMENT, Office, office, procedure

ON = date(2026, 11, 20)


def published(desk: Office, site: Path) -> None:
    """What a build leaves: pages, and the anchor over them."""
    (site / "documents").mkdir(parents=True)
    (site / "index.html").write_text("<h1>管理手册</h1>\n", "utf-8")
    (site / "documents" / "CP-01.html").write_text("<p>文件由文控统一编号。</p>\n", "utf-8")
    bare = anchor(Book(desk.judged(), "zh"), desk.root)
    (site / "anchor.json").write_text(json.dumps(bare, ensure_ascii=False), "utf-8")
    fasten(site)


def revised(desk: Office) -> None:
    desk.write(DOCUMENT, procedure("文件由文控统一编号，三日内发放。", "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("wang-bo", "2026-05-01", "CP-01 A/1")
    desk.approve("li-yan", "2026-05-10")
    desk.commit("li-yan", "2026-05-10", "批准 CP-01 A/1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """org: a history with a side branch and two tags, published at the tag, and two honest commits since; site."""
    folder = tmp_path_factory.mktemp("verify")
    desk = office(folder / "org")
    desk.git("branch", "side", "HEAD~1")
    revised(desk)
    desk.git("tag", "light")
    desk.git("tag", "-a", "-m", "发布", "v1")
    published(desk, folder / "site")
    for day in ("2026-06-10", "2026-06-11"):
        desk.write("records/notes.md", f"# {day}\n")
        desk.commit("chen-qi", day, "记事")
    desk.git("checkout", "-q", "side")
    desk.write("other.txt", "x")
    desk.commit("wang-bo", "2026-02-12", "旁支")
    desk.git("checkout", "-q", "main")
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Office:
    shutil.copytree(made, tmp_path / "copy", symlinks=True)
    return Office(tmp_path / "copy" / "org")


def site_of(desk: Office) -> Path:
    return desk.root.parent / "site"


def verified(desk: Office, source: Path | None = None) -> Verified:
    return verify(desk.root, ON, source or site_of(desk) / "anchor.json")


def told(desk: Office, source: Path | None = None) -> list[str]:
    """What does not hold, or the one reason why nothing can be proved here."""
    try:
        found = verified(desk, source)
    except UserError as refused:
        return [refused.key]
    return [*(one.what for one in found.findings), *(problem.rule for problem in found.problems)]


def test_an_honest_history_goes_on(desk: Office) -> None:
    found = verified(desk, site_of(desk))
    assert found.holds and told(desk, site_of(desk)) == []
    assert dict(found.counts) == {
        "commits": 7, "approvals": 2, "approvals_that_hold": 2, "documents": len(found.anchor["documents"]), "files": 2
    }  # fmt: skip
    revisions = {row["number"]: row["version"] for row in found.anchor["documents"]}
    assert revisions["CP-01"] == "A/1"


# ── history rewritten ──────────────────────────────────────────────────────────────────────────────────────────────

Commit = dict[str, str]
FORMAT = "%T%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B%x01"
KEYS = ("tree", "an", "ae", "ad", "cn", "ce", "cd", "message")


def commits(desk: Office) -> list[Commit]:
    """Oldest first."""
    told = desk.git("log", "--reverse", f"--format={FORMAT}")
    return [dict(zip(KEYS, row.lstrip("\n").split("\0"), strict=True)) for row in told.split("\x01") if row.strip()]


def replay(desk: Office, rows: list[Commit], parent: str = "") -> None:
    """The branch made anew from these commits; nothing else changes."""
    for row in rows:
        env = {f"GIT_{who}_{what}": row[key] for who, what, key in (
            ("AUTHOR", "NAME", "an"), ("AUTHOR", "EMAIL", "ae"), ("AUTHOR", "DATE", "ad"),
            ("COMMITTER", "NAME", "cn"), ("COMMITTER", "EMAIL", "ce"), ("COMMITTER", "DATE", "cd"),
        )}  # fmt: skip
        link = ["-p", parent] if parent else []
        parent = desk.git("commit-tree", row["tree"], *link, "-m", row["message"], env=env).strip()
    desk.git("reset", "-q", "--hard", parent)


def edited(at: int, **change: str) -> Callable[[Office], None]:
    """One commit differs; everything after it is written anew."""

    def way(desk: Office) -> None:
        rows = commits(desk)
        rows[at].update(change)
        replay(desk, rows)

    return way


def dropped(desk: Office) -> None:
    rows = commits(desk)
    replay(desk, rows[:3] + rows[4:])


def swapped(desk: Office) -> None:
    rows = commits(desk)
    replay(desk, [rows[0], rows[2], rows[1], *rows[3:]])


def squashed(desk: Office) -> None:
    rows = commits(desk)
    replay(desk, rows[:1] + rows[2:])


def all_later(desk: Office) -> None:
    replay(desk, [{**row, "cd": "2026-06-12T12:00:00+08:00"} for row in commits(desk)])


def all_by_one(desk: Office) -> None:
    replay(desk, [{**row, "ae": "li-yan@jia.example", "ce": "li-yan@jia.example"} for row in commits(desk)])


def inserted(desk: Office) -> None:
    rows = commits(desk)
    replay(desk, [*rows[:4], {**rows[3], "message": "补"}, *rows[4:]])


def new_root(desk: Office) -> None:
    replay(desk, commits(desk)[-1:])


def given_a_past(desk: Office) -> None:
    """An invented commit before the first one."""
    first = commits(desk)[0]
    root = desk.git("commit-tree", first["tree"], "-m", "更早", env={
        f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "x"), ("EMAIL", "x@jia.example"), ("DATE", "2020-01-01T00:00:00Z"))
    }).strip()  # fmt: skip
    replay(desk, commits(desk), root)


def filtered(desk: Office) -> None:
    """A word replaced in every revision, as filter-branch and its kin do."""
    stream = subprocess.run(["git", "fast-export", "main"], cwd=desk.root, capture_output=True, check=True).stdout
    changed = stream.replace("三日".encode(), "五日".encode())
    assert changed != stream
    subprocess.run(["git", "fast-import", "--force", "--quiet"], cwd=desk.root, input=changed, check=True)
    desk.git("reset", "-q", "--hard", "main")


def git(*words: str) -> Callable[[Office], None]:
    return lambda desk: [desk.git(*words), None][1]  # type: ignore[func-returns-value]


def forced(desk: Office) -> None:
    """Somebody pushed another branch over this one."""
    desk.git("reset", "-q", "--hard", "side")


def amended(desk: Office) -> None:
    desk.git("reset", "-q", "--hard", "v1")
    desk.git("-c", "user.name=x", "-c", "user.email=x@jia.example", "commit", "-q", "--amend", "-m", "批准")


def replaced(desk: Office) -> None:
    desk.git("replace", "HEAD~3", "side")


def replaced_parents(desk: Office) -> None:
    desk.git("-c", "user.name=x", "-c", "user.email=x@jia.example", "replace", "--graft", "HEAD~2", "HEAD~5")


def grafted(desk: Office) -> None:
    ids = desk.git("rev-parse", "HEAD~2", "HEAD~5").split()
    (desk.root / ".git" / "info").mkdir(exist_ok=True)
    (desk.root / ".git" / "info" / "grafts").write_text(" ".join(ids) + "\n", "ascii")


def cloned(*options: str) -> Callable[[Office], None]:
    def way(desk: Office) -> None:
        whole = desk.root.with_name("whole")
        desk.root.rename(whole)
        Office(whole).git("config", "uploadpack.allowFilter", "true")
        Office(whole).git("clone", "-q", *options, f"file://{whole}", str(desk.root))

    return way


def another_repository(desk: Office) -> None:
    shutil.rmtree(desk.root / ".git")
    desk.git("init", "-q", "-b", "main")
    desk.commit("li-yan", "2026-05-10", "建库")


def tag_anew(desk: Office) -> None:
    another = {"GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@jia.example"}
    desk.git("tag", "-f", "-a", "-m", "发布", "v1", "v1^{}", env=another)


GONE = "history-rewritten"
REWRITTEN = [
    ("amended", amended, GONE),
    ("message", edited(3, message="改"), GONE),
    ("author-date", edited(2, ad="2026-01-20T12:00:00+08:00"), GONE),
    ("committer-date", edited(2, cd="2026-01-20T12:00:00+08:00"), GONE),
    ("author", edited(4, ae="zhao-min@jia.example"), GONE),
    ("committer", edited(4, ce="zhao-min@jia.example"), GONE),
    ("dropped", dropped, GONE),
    ("reordered", swapped, GONE),
    ("squashed", squashed, GONE),
    ("all re-dated", all_later, GONE),
    ("all re-authored", all_by_one, GONE),
    ("inserted", inserted, GONE),
    ("orphan", new_root, GONE),
    ("given a past", given_a_past, GONE),
    ("filtered", filtered, GONE),
    ("reset", git("reset", "-q", "--hard", "HEAD~4"), GONE),
    ("forced", forced, GONE),
    ("other branch", git("checkout", "-q", "side"), GONE),
    ("detached", git("checkout", "-q", "HEAD~5"), GONE),
    ("another repository", another_repository, GONE),
    ("replace ref", replaced, "replaced"),
    ("replaced parents", replaced_parents, "replaced"),
    ("grafted", grafted, "git-grafted"),
    ("shallow", cloned("--depth", "2"), "git-shallow"),
    ("partial", cloned("--filter=blob:none"), "git-partial"),
    ("tag moved", git("tag", "-f", "light", "side"), "tag-moved"),
    ("tag made anew", tag_anew, "tag-moved"),
    ("tag gone", git("tag", "-d", "v1"), "tag-gone"),
]
REFUSED = {"git-grafted", "git-shallow", "git-partial"}


@pytest.mark.parametrize("way, found", [row[1:] for row in REWRITTEN], ids=[row[0] for row in REWRITTEN])
def test_a_rewritten_history_is_found(desk: Office, way: Callable[[Office], None], found: str) -> None:
    way(desk)
    assert found in told(desk)


def test_a_whole_clone_is_as_good(desk: Office) -> None:
    cloned()(desk)
    assert told(desk) == []


# ── bits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def bearing(desk: Office) -> list[Path]:
    """The files that carry the proof: objects and their indexes, names, the site with its anchor.

    What a branch is called that nobody published proves nothing, so there is none when names are packed.
    """
    store = desk.root / ".git"
    objects = [f for f in (store / "objects").rglob("*") if f.is_file() and f.name != "packs"]
    refs = [f for f in (*(store / "refs").rglob("*"), store / "HEAD", store / "packed-refs") if f.is_file()]
    site = [f for f in site_of(desk).rglob("*") if f.is_file()]
    return sorted([*objects, *refs, *site, store / "index"])


def flips(desk: Office, seed: int, times: int) -> Iterator[tuple[Path, int]]:
    choice = random.Random(seed)
    files = bearing(desk)
    for _ in range(times):
        file = choice.choice(files)
        yield file, choice.randrange(file.stat().st_size * 8)


def flip(file: Path, bit: int) -> None:
    data = bytearray(file.read_bytes())
    data[bit // 8] ^= 1 << (bit % 8)
    file.chmod(0o644)
    file.write_bytes(data)


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_every_flipped_bit_is_found(desk: Office, packed: bool) -> None:
    if packed:
        desk.git("branch", "-q", "-D", "side")
        desk.git("gc", "-q")
    missed = []
    for file, bit in flips(desk, 20261120, 25):
        flip(file, bit)
        if not told(desk, site_of(desk)):
            missed.append((file.relative_to(desk.root.parent).as_posix(), bit))
        flip(file, bit)
    assert missed == []
    assert told(desk, site_of(desk)) == []


def test_bits_that_git_itself_does_not_read(desk: Office) -> None:
    """A ref in capitals is the same ref, and the rest of an object's last byte is nothing: both are changed bytes."""
    main = desk.root / ".git" / "refs" / "heads" / "main"
    letter = next(at for at, char in enumerate(main.read_text("ascii")) if char.isalpha())
    flip(main, letter * 8 + 5)
    assert told(desk) == ["damaged-repository"]
    flip(main, letter * 8 + 5)
    spare = 0
    for file in bearing(desk):
        data = file.read_bytes()
        if file.parent.parent.name == "objects" and len(file.name) == 38 and data[-5] < 128:
            flip(file, (len(data) - 5) * 8 + 7)
            spare += told(desk) == ["damaged-repository"]
            flip(file, (len(data) - 5) * 8 + 7)
            break
    assert spare == 1


# ── the site and the anchor ────────────────────────────────────────────────────────────────────────────────────────


def test_a_site_is_as_published_file_by_file(desk: Office) -> None:
    site = site_of(desk)
    (site / "index.html").write_text("<h1>手册</h1>", "utf-8")
    (site / "documents" / "CP-01.html").unlink()
    (site / "extra.html").write_text("x", "utf-8")
    assert told(desk, site) == ["file-changed", "file-gone", "file-strange"]


def test_a_forged_anchor_does_not_fit_the_history(desk: Office) -> None:
    """Whoever writes the anchor anew gets its own digest right, and what it names wrong."""
    file = site_of(desk) / "anchor.json"
    value = json.loads(file.read_text("utf-8"))
    for change, found in (
        ({"tree": "0" * 40}, ["other-tree"]),
        ({"commit": "0" * 40}, [GONE]),
        ({"state": "dirty"}, ["anchor-uncommitted"]),
        ({"documents": [{**value["documents"][0], "sha256": "0" * 64}]}, ["other-document"]),
        ({"documents": [{**next(d for d in value["documents"] if d["approval"]), "approval_sha256": "0" * 64}]},
         ["other-approval"]),
        ({"documents": "x"}, ["anchor-damaged"]),
        ({"documents": [{"path": ["x"]}]}, ["anchor-damaged"]),
        ({"commit": None}, ["anchor-without-commit"]),
        ({"commit": None, "audience": "public"}, ["anchor-public"]),
    ):  # fmt: skip
        file.write_bytes(fastened({**value, **change}))
        assert told(desk) == found, change
    file.write_text(json.dumps(value), "utf-8")
    assert told(desk) == ["anchor-damaged"]
    file.write_text(json.dumps({"commit": value["commit"]}), "utf-8")
    assert told(desk) == ["anchor-unsealed"]
    file.write_text("[" * 100_000, "utf-8")
    assert told(desk) == ["anchor-damaged"]


def test_a_zip_of_the_site_will_do(desk: Office, tmp_path: Path) -> None:
    pack = tmp_path / "site.zip"
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in (f for f in site_of(desk).rglob("*") if f.is_file()):
            packed.write(file, "manual/" + file.relative_to(site_of(desk)).as_posix())
    assert verified(desk, pack).counts["files"] == 2 and told(desk, pack) == []
    with zipfile.ZipFile(pack, "a") as packed:
        packed.writestr("../../out.html", "x")
    assert told(desk, pack) == ["file-strange"]


def test_forged_approvals_and_rewritten_documents_are_told(desk: Office) -> None:
    path = "records/approvals/CP-01/A-1-approve-li-yan.yaml"
    desk.write(path, (desk.root / path).read_text("utf-8").replace("meaning: approve", "meaning: review"))
    desk.commit("wang-bo", "2026-07-01")
    assert "approval-altered" in told(desk)


# ── the command ────────────────────────────────────────────────────────────────────────────────────────────────────


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def clausebook(capsys: pytest.CaptureFixture[str]) -> Command:
    """Exit code, what was said on stdout and on stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        return int(left.value.code or 0), *capsys.readouterr()

    return call


def test_the_command_says_what_it_cannot_prove(desk: Office, clausebook: Command) -> None:
    words = ("verify", site_of(desk), "--root", desk.root, "--as-of", ON.isoformat())
    code, out, _ = clausebook(*words, "--lang", "en")
    assert code == 0 and "cannot prove" in out and "not later than" in out and "insider" in out
    assert json.loads(clausebook(*words, "--format", "json")[1])["left_out"] == []
    for given, left in (((), "anchor"), ((site_of(desk) / "anchor.json",), "files")):
        code, out, _ = clausebook("verify", *given, *words[2:], "--format", "json")
        assert code == 0 and json.loads(out)["left_out"] == [left]
        assert "只" in clausebook("verify", *given, *words[2:], "--lang", "zh")[1].split("不能证明")[0]
    desk.git("tag", "-d", "v1")
    code, out, _ = clausebook(*words, "--format", "json", "--lang", "en")
    data = json.loads(out)
    assert (code, data["holds"], [row["what"] for row in data["findings"]]) == (1, False, ["tag-gone"])
    assert data["not_proved"]
    code, out, _ = clausebook(*words, "--lang", "zh")
    assert code == 1 and "v1" in out and "不能证明" in out


def test_nothing_to_verify_is_misuse(desk: Office, tmp_path: Path, clausebook: Command) -> None:
    for wrong in (tmp_path / "nowhere", tmp_path, desk.root / ".git" / "objects"):
        code, out, said = clausebook("verify", wrong, "--root", desk.root, "--lang", "zh")
        assert code == 2 and wrong.name in said and not out
    shutil.rmtree(desk.root / ".git")
    code, _, said = clausebook("verify", "--root", desk.root, "--lang", "zh")
    assert code == 2 and "没有 git 历史" in said


def test_every_finding_has_words_and_a_remedy() -> None:
    for language in LANGUAGES:
        said = {part: {key for key in messages(language) if key.startswith(f"verify.{part}.")}
                for part in ("finding", "remedy")}  # fmt: skip
        assert {key.split(".")[2] for key in said["finding"]} == {key.split(".")[2] for key in said["remedy"]}
        assert {key.split(".")[2] for key in said["finding"]} >= {row[2] for row in REWRITTEN} - REFUSED
