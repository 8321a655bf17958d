"""Level A2: a signature holds for one content, one purpose and one person's key, judged on the day of entry (7.5.2)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from clausebook.cli import main
from clausebook.measure.signatures import NAMESPACE, canonical
from document_control import DOCUMENT, PEOPLE, Office, office, procedure

RECORD = "records/approvals/CP-01/A-1-approve-li-yan.yaml"
REGISTER = "registers/people.yaml"
Keys = Mapping[str, Path]
Way = Callable[["Desk"], None]


class Desk(Office):
    """The office whose people have keys; `files` holds more keys than the register knows."""

    files: Keys

    def public(self, name: str) -> str:
        return " ".join(self.files[name].with_suffix(".pub").read_text("ascii").split()[:2])

    def register(self, on: str, by: str = "chen-qi", **rows: str) -> None:
        """The register of people with these rows under signing_keys; person ids are written with _ for -."""
        text = PEOPLE
        for person, said in rows.items():
            address = f"  emails: [{person.replace('_', '-')}@jia.example]\n"
            text = text.replace(address, f"{address}  signing_keys:\n{said}")
        self.write(REGISTER, text)
        if on:
            self.commit(by, on, "登记公钥")

    def row(self, name: str, **more: str) -> str:
        facts = {"key": self.public(name), "from_on": "2026-01-01", **more}
        return "  - {" + ", ".join(f"{field}: {value}" for field, value in facts.items()) + "}\n"

    def sign(self, on: str = "2026-05-10", key: str = "li-yan", person: str = "li-yan") -> Path:
        return self.approve(person, on, "--key", str(self.files[key]))

    def forge(self, key: str, namespace: str = NAMESPACE, record: str = RECORD) -> None:
        """Signs a record with any key, as anybody with ssh-keygen could."""
        value = yaml.safe_load((self.root / record).read_text("utf-8"))
        signature = keygen(canonical(value), "sign", "-n", namespace, "-f", str(self.files[key]))
        self.rewrite(record, signature="".join(signature.decode().splitlines()[1:-1]))

    def rewrite(self, record: str = RECORD, **fields: str) -> None:
        """Changes fields of a record by hand; an empty one is taken out."""
        lines = (self.root / record).read_text("utf-8").splitlines()
        lines = [line for line in lines if line.split(":")[0].strip("'") not in fields]
        lines += [f"{name}: {value}" for name, value in fields.items() if value]
        self.write(record, "\n".join(lines) + "\n")


def keygen(message: bytes, *words: str) -> bytes:
    return subprocess.run(["ssh-keygen", "-Y", *words], input=message, capture_output=True, check=True).stdout


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    kinds = {name: ["ed25519"] for name in ("li-yan", "zhao-min", "stranger")}
    kinds |= {"rsa": ["rsa"], "ecdsa": ["ecdsa"], "p521": ["ecdsa", "-b", "521"], "weak": ["rsa", "-b", "1024"]}
    for name, words in kinds.items():
        make = ["ssh-keygen", "-q", "-N", "", "-f", str(folder / name), "-t", *words]
        subprocess.run(make, check=True, capture_output=True)
    subprocess.run(["ssh-keygen", "-q", "-N", "open sesame", "-f", str(folder / "locked"), "-t", "ed25519"], check=True)
    return {name: folder / name for name in (*kinds, "locked")}


@pytest.fixture
def desk(tmp_path: Path, keys: Keys) -> Desk:
    """Both approvers' keys have been on file since March, and A/1 waits for its approval."""
    made = Desk(office(tmp_path / "org").root)
    made.files = keys
    made.register("2026-03-10", li_yan=made.row("li-yan"), zhao_min=made.row("zhao-min"))
    made.revise()
    return made


# ── honest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def own_commit(desk: Desk) -> None:
    desk.sign()
    desk.commit("li-yan", "2026-05-10")


def carried_by_the_clerk(desk: Desk) -> None:
    """A sealed letter may be carried by anybody: by a clerk, a rebase or a squash."""
    desk.sign()
    desk.commit("chen-qi", "2026-05-11")


def in_one_commit_with_the_content(desk: Desk) -> None:
    """The forge squashed text and signed approval into one commit of the author's."""
    desk.git("reset", "-q", "--soft", "HEAD~1")
    desk.sign("2026-05-01")
    desk.commit("wang-bo", "2026-05-01", committer="noreply@github.com")


def laid_out_anew(desk: Desk) -> None:
    """Comment, order and quotes of a record say nothing; a formatter may touch them."""
    own_commit(desk)
    value = yaml.safe_load((desk.root / RECORD).read_text("utf-8"))
    lines = [f"{name}:   '{value[name]}'" for name in sorted(value, reverse=True)]
    desk.write(RECORD, "# 重新排版\n" + "\n".join(lines) + "\n")
    desk.commit("chen-qi", "2026-06-10")


def revoked_later(desk: Desk) -> None:
    own_commit(desk)
    desk.register("2026-06-02", li_yan=desk.row("li-yan", revoked_on="2026-06-01", reason="丢失"))


def expired_later(desk: Desk) -> None:
    own_commit(desk)
    desk.register("2026-06-02", li_yan=desk.row("li-yan", to_on="2026-06-01") + desk.row("rsa", from_on="2026-06-01"))


def of_another_kind(name: str) -> Way:
    def way(desk: Desk) -> None:
        desk.register("2026-05-02", li_yan=desk.row(name))
        desk.sign(key=name)
        desk.commit("li-yan", "2026-05-10")

    way.__name__ = name
    return way


HONEST = [
    own_commit, carried_by_the_clerk, in_one_commit_with_the_content, laid_out_anew, revoked_later, expired_later,
    *(of_another_kind(name) for name in ("rsa", "ecdsa", "p521")),
]  # fmt: skip


@pytest.mark.parametrize("way", HONEST, ids=lambda way: way.__name__)
def test_an_honest_signature_holds(desk: Desk, way: Way) -> None:
    way(desk)
    assert desk.rules() == set()
    assert desk.valid()


def test_ssh_keygen_agrees(desk: Desk, tmp_path: Path) -> None:
    """The oracle: what the field holds is an ordinary SSH signature of the canonical bytes."""
    text = desk.sign().read_text("utf-8")
    value = yaml.safe_load(text)
    frame = "-----{} SSH SIGNATURE-----\n"
    file = tmp_path / "signature"
    file.write_text(frame.format("BEGIN") + value["signature"] + "\n" + frame.format("END"), "ascii")
    signers = tmp_path / "signers"
    signers.write_text(f'li-yan namespaces="{NAMESPACE}" {desk.public("li-yan")}\n', "ascii")
    words = ["verify", "-f", str(signers), "-I", "li-yan", "-n", NAMESPACE, "-s", str(file)]
    assert b"Good" in keygen(canonical(value), *words)
    with pytest.raises(subprocess.CalledProcessError):
        keygen(canonical({**value, "on": "2026-05-11"}), *words)


def test_the_signed_bytes_are_these() -> None:
    record = {"version": "A/1", "reason": "年度\n评审", "signature": "x", "document": "CP-01"}
    assert canonical(record) == '{"document":"CP-01","reason":"年度\\n评审","version":"A/1"}\n'.encode()


# ── forgeries ──────────────────────────────────────────────────────────────────────────────────────────────────────


def replayed(desk: Desk) -> None:
    """The signature of A/1 is put under the approval of A/2."""
    own_commit(desk)
    old = yaml.safe_load((desk.root / RECORD).read_text("utf-8"))["signature"]
    desk.write(DOCUMENT, procedure("再改。", "A/2", "2026-09-01", "A/0 A/1 A/2"))
    desk.commit("wang-bo", "2026-07-01")
    path = desk.approve("li-yan", "2026-07-02").relative_to(desk.root).as_posix()
    desk.rewrite(path, level="A2", signature=old)
    desk.commit("wang-bo", "2026-07-02")


def by_another_person(desk: Desk) -> None:
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("zhao-min")
    desk.commit("li-yan", "2026-05-10")


def unknown_key(desk: Desk) -> None:
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("stranger")
    desk.commit("wang-bo", "2026-05-10")


def key_in_the_same_change(desk: Desk) -> None:
    desk.register("", li_yan=desk.row("li-yan") + desk.row("stranger"))
    desk.sign(key="stranger")
    desk.commit("wang-bo", "2026-05-10")


def key_on_the_same_branch(desk: Desk) -> None:
    desk.git("checkout", "-q", "-b", "approve")
    desk.register("2026-05-09", "wang-bo", li_yan=desk.row("li-yan") + desk.row("stranger"))
    desk.sign(key="stranger")
    desk.commit("wang-bo", "2026-05-10")
    desk.git("checkout", "-q", "main")
    desk.merge("approve", "chen-qi", "2026-05-11")


def key_registered_by_nobody(desk: Desk) -> None:
    """The key came in long before, by an address that no person has."""
    desk.register("2026-05-02", "evil@x.example", li_yan=desk.row("li-yan") + desk.row("stranger"))
    desk.sign(key="stranger")
    desk.commit("wang-bo", "2026-05-10")


def with_an_expired_key(desk: Desk) -> None:
    desk.register("2026-05-02", li_yan=desk.row("li-yan", to_on="2026-05-09"))
    desk.sign("2026-05-09")
    desk.commit("li-yan", "2026-05-10")


def with_an_expired_key_backdated(desk: Desk) -> None:
    """On 20 May, record and commit are dated to when the key still held; the branch was further on by then."""
    desk.register("2026-05-20", li_yan=desk.row("li-yan", to_on="2026-05-09"))
    desk.sign("2026-05-08")
    desk.commit("li-yan", "2026-05-08")


def with_an_expired_key_on_an_old_branch(desk: Desk) -> None:
    """The same from a branch that starts before: the day of its merge decides."""
    desk.git("checkout", "-q", "-b", "approve")
    desk.sign("2026-05-08")
    desk.commit("li-yan", "2026-05-08")
    desk.git("checkout", "-q", "main")
    desk.register("2026-05-10", li_yan=desk.row("li-yan", to_on="2026-05-09"))
    desk.merge("approve", "chen-qi", "2026-05-20")


def with_a_revoked_key(desk: Desk) -> None:
    desk.register("2026-05-06", li_yan=desk.row("li-yan", revoked_on="2026-05-05", reason="丢失"))
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("li-yan")
    desk.commit("wang-bo", "2026-05-10")


def with_a_stolen_key(desk: Desk) -> None:
    """The theft is found out and registered only after the approval came in."""
    own_commit(desk)
    desk.register("2026-05-20", li_yan=desk.row("li-yan", revoked_on="2026-05-05", reason="被盗"))


def with_a_future_key(desk: Desk) -> None:
    desk.register("2026-05-02", li_yan=desk.row("li-yan", from_on="2026-06-01"))
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("li-yan")
    desk.commit("li-yan", "2026-05-10")


def with_a_shared_key(desk: Desk) -> None:
    """One key under two names proves neither."""
    desk.register("2026-05-02", li_yan=desk.row("li-yan"), wang_bo=desk.row("li-yan"))
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("li-yan")
    desk.commit("wang-bo", "2026-05-10")


def for_another_purpose(desk: Desk) -> None:
    """Li Yan signed the same bytes as a git commit or a file, never as an approval."""
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("li-yan", namespace="git")
    desk.commit("wang-bo", "2026-05-10")


def changed_after_signing(desk: Desk) -> None:
    desk.sign()
    desk.rewrite(reason="也批准以后的修改")
    desk.commit("wang-bo", "2026-05-10")


def field_taken_away(desk: Desk) -> None:
    desk.approve("li-yan", "2026-05-10", "--reason", "只限试用", "--key", str(desk.files["li-yan"]))
    desk.rewrite(reason="")
    desk.commit("wang-bo", "2026-05-10")


def signature_missing(desk: Desk) -> None:
    desk.sign()
    desk.rewrite(signature="")
    desk.commit("li-yan", "2026-05-10")


def signature_cut_short(desk: Desk) -> None:
    text = desk.sign().read_text("utf-8")
    desk.rewrite(signature=yaml.safe_load(text)["signature"][:-8])
    desk.commit("li-yan", "2026-05-10")


def signature_is_noise(desk: Desk) -> None:
    desk.sign()
    desk.rewrite(signature="U1NIU0lH" + "A" * 400)
    desk.commit("li-yan", "2026-05-10")


def with_a_weak_key(desk: Desk) -> None:
    desk.register("2026-05-02", li_yan=desk.row("weak"))
    desk.approve("li-yan", "2026-05-10")
    desk.rewrite(level="A2")
    desk.forge("weak")
    desk.commit("li-yan", "2026-05-10")


def by_the_author(desk: Desk) -> None:
    """A good signature does not make an author a second person."""
    desk.write(DOCUMENT, procedure("赵敏改的。", "A/1", "2026-06-01", "A/0 A/1"))
    desk.commit("zhao-min", "2026-05-03")
    desk.sign(key="zhao-min", person="zhao-min")
    desk.commit("zhao-min", "2026-05-10")


def only_signed(desk: Desk) -> None:
    desk.replace("system/org.yaml", "[T, A0, A1, A2]", "[A2]")
    desk.commit("chen-qi", "2026-05-02")


def stripped(desk: Desk) -> None:
    """The class takes signatures only; the signature is dropped and the level with it."""
    only_signed(desk)
    desk.sign()
    desk.rewrite(level="A0", signature="")
    desk.commit("li-yan", "2026-05-10")


def stripped_with_the_rule(desk: Desk) -> None:
    """The same change takes the demand away."""
    only_signed(desk)
    desk.sign()
    desk.rewrite(level="A0", signature="")
    desk.replace("system/org.yaml", "[A2]", "[A0, A2]")
    desk.commit("li-yan", "2026-05-10")


WRONG, UNTRUSTED = {"approval-signature-wrong"}, {"approval-key-untrusted"}
FORGED: dict[Way, set[str]] = {
    replayed: WRONG,
    by_another_person: UNTRUSTED,
    unknown_key: UNTRUSTED,
    key_in_the_same_change: UNTRUSTED,
    key_on_the_same_branch: UNTRUSTED,
    key_registered_by_nobody: UNTRUSTED,
    with_an_expired_key: UNTRUSTED,
    with_an_expired_key_backdated: {*UNTRUSTED, "approval-dated-otherwise"},
    with_an_expired_key_on_an_old_branch: UNTRUSTED,
    with_a_revoked_key: UNTRUSTED,
    with_a_stolen_key: UNTRUSTED,
    with_a_future_key: UNTRUSTED,
    with_a_shared_key: UNTRUSTED,
    for_another_purpose: WRONG,
    changed_after_signing: WRONG,
    field_taken_away: WRONG,
    signature_missing: WRONG,
    signature_cut_short: WRONG,
    signature_is_noise: WRONG,
    with_a_weak_key: WRONG,
    by_the_author: {"approval-by-author"},
    stripped: {"approval-level-refused"},
    stripped_with_the_rule: {"approval-level-refused"},
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda way: way.__name__)
def test_a_forged_signature_is_named(desk: Desk, forge: Way) -> None:
    forge(desk)
    assert desk.rules() == FORGED[forge]
    assert not desk.valid()


def test_a_signed_record_with_other_line_ends_is_refused_whole(desk: Desk) -> None:
    own_commit(desk)
    desk.write(RECORD, (desk.root / RECORD).read_text("utf-8").replace("\n", "\r\n"))
    desk.commit("wang-bo", "2026-06-10")
    assert {p.rule for p in desk.judged().problems if p.place.path == RECORD} == {"line-endings"}
    assert not desk.valid()


def test_a_signature_that_is_not_committed_yet_is_judged_too(desk: Desk) -> None:
    desk.sign()
    assert desk.rules() == set() and desk.valid()
    desk.rewrite(reason="另有约定")
    assert desk.rules() == WRONG and not desk.valid()


# ── the command ────────────────────────────────────────────────────────────────────────────────────────────────────


Asked = Callable[..., tuple[int, str]]


@pytest.fixture
def asked(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The approval of A/1 by li-yan, asked for on the command line: exit code and everything it said."""

    def call(*options: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
        for name, value in {"CLAUSEBOOK_LANG": "zh", **(env or {})}.items():
            monkeypatch.setenv(name, value)
        words = ["approve", "CP-01", "--as", "li-yan", "--root", str(desk.root), "--as-of", "2026-05-10", *options]
        with pytest.raises(SystemExit) as leave:
            main(words)
        said = capsys.readouterr()
        return int(leave.value.code or 0), said.out + said.err

    return call


def test_the_key_may_be_set_up_once(desk: Desk, asked: Asked) -> None:
    assert asked(env={"CLAUSEBOOK_KEY": str(desk.files["li-yan"])})[0] == 0
    assert "level: A2" in (desk.root / RECORD).read_text("utf-8")


def test_a_transcription_is_not_signed(desk: Desk, asked: Asked) -> None:
    words = ["--original", "OA-7", "--entered-by", "chen-qi"]
    assert asked(*words, "--key", str(desk.files["li-yan"]))[0] == 2
    assert asked(*words, env={"CLAUSEBOOK_KEY": str(desk.files["li-yan"])})[0] == 0
    assert "signature" not in (desk.root / RECORD).read_text("utf-8")


@pytest.mark.parametrize("name, told", [("none", "密钥文件"), ("stranger", "登记有效"), ("locked", "没有签成")])
def test_a_key_that_does_not_serve_is_a_sentence(desk: Desk, asked: Asked, name: str, told: str) -> None:
    code, said = asked("--key", str(desk.files.get(name, desk.root / name)))
    assert code == 2 and told in said and len(said.strip().splitlines()) == 1
    assert not (desk.root / RECORD).exists()


def test_without_ssh_keygen_nothing_is_written(desk: Desk, asked: Asked) -> None:
    code, said = asked("--key", str(desk.files["li-yan"]), env={"PATH": str(desk.root)})
    assert code == 2 and "ssh-keygen" in said
    assert not (desk.root / RECORD).exists()


def test_where_only_signatures_count_the_command_says_so(desk: Desk, asked: Asked) -> None:
    only_signed(desk)
    code, said = asked()
    assert code == 2 and "--key" in said
    assert asked("--key", str(desk.files["li-yan"]))[0] == 0
