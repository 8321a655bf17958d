"""The command line: thin commands, loaded one at a time, so that `--help` stays quick.

Exit codes (contract): 0 fine · 1 problems found · 2 misuse, one sentence · 3 a bug of ours · 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from .. import __version__
from ..problems import UserError

COMMANDS = {
    "init": "建立一个新的管理体系仓库 · make a new repository",
    "check": "核对全部要求，列出待处理项 · all problems, clause by clause",
    "build": "核对并发布手册网站 · check, then the site",
    "serve": "在本机预览网站 · preview the site on this machine",
    "new": "按模板新建一份记录 · next number, filled template",
    "import": "导入投诉台账 · import a complaint log",
    "export": "导出表格：Excel、CSV、JSON · a kind or the master list as a table",
    "approve": "登记对文件内容的批准 · an approval record of exactly this content",
    "history": "文件的修订和批准 · revisions and approvals of a document",
    "diff": "两个版本之间的红线对照 · what changed between two revisions, word by word",
    "verify": "历史、批准和已发布网站的完整性 · integrity of history, approvals and a published site",
    "print": "受控文件或整本手册的打印件 · a controlled copy as PDF or Word",
    "form": "某种记录的纸面表单 · a paper form for a kind of record",
    "calendar": "推算工作日 · dates and counts in working days",
    "chart": "控制图的中心线和控制限 · control limits for a series",
    "kpi": "指标：分子、分母、区间、目标 · the indicators of a period",
    "alerts": "预警及其处置记录 · early warnings with their response records",
    "renumber": "编号冲突时换号，引用随之更正 · a number taken twice: a new one, references mended",
    "explain": "解释一条规则或一个条款 · the manual for a rule or clause",
}


class Commands(click.Group):
    """Names and one-line helps are known at once; a command's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f".{name}_command", __package__)
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="clausebook")
@click.option("--debug", is_flag=True, help="出错时显示调用栈 · show tracebacks")
def group(debug: bool) -> None:
    """客户投诉管理体系：文件、记录、核对、手册。A complaint management system as plain text in git."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with the exit code of the contract."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or bool(os.environ.get("CLAUSEBOOK_DEBUG"))
    # --debug is accepted anywhere on the line.
    given = [word for word in given if word != "--debug"]
    sys.exit(_run(given, debug))


def _run(given: list[str], debug: bool) -> int:
    try:
        result: Any = group.main(given, prog_name="clausebook", standalone_mode=False)
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else 0
    except UserError as error:
        from ..wording import text
        from .options import language_of

        click.echo(text(f"errors.{error.key}", language_of(given), **error.facts), err=True)
        return 2
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as bug:
        if debug:
            raise
        click.echo(
            "clausebook 内部错误，请报告 · this is a bug of ours, please report it (--debug): "
            f"{type(bug).__name__}: {bug}",
            err=True,
        )
        return 3
