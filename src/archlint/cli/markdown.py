"""Markdown for a terminal: like rich's, but a code block shows its title and has no painted background."""

from __future__ import annotations

from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Markdown
from rich.syntax import Syntax
from rich.text import Text

from archlint.pages import TITLE

INDENT = "    "


class TitledCodeBlock(CodeBlock):
    """A fenced block, indented, below the title that its info string gives."""

    title: str | None = None

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> TitledCodeBlock:
        """The block of a fence."""
        block = cls(token.info.partition(" ")[0] or "text", "ansi_dark")
        found = TITLE.search(token.info)
        block.title = found[1] if found else None
        return block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The title, then the highlighted lines; no line is padded, so that a pipe gets clean text."""
        if self.title:
            yield Text(f"{INDENT}{self.title}", style="underline dim")
        code = Syntax("", self.lexer_name, theme=self.theme).highlight(str(self.text).rstrip())
        for line in code.split("\n"):
            yield Text(INDENT).append_text(line) if line.plain else Text()


class PageMarkdown(Markdown):
    """The Markdown of a rule's page."""

    elements = Markdown.elements | {"fence": TitledCodeBlock, "code_block": TitledCodeBlock}
