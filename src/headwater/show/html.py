"""Pages as HTML for notebooks: every text escaped, no script, styles that a notebook keeps."""

from __future__ import annotations

from html import escape

from headwater.show.page import Heading, Line, Mark, Page, Piece, Sheet, Tone

_TONES = {
    Tone.PLAIN: "",
    Tone.GOOD: "color:#1a7f37",
    Tone.WARN: "color:#9a6700",
    Tone.BAD: "color:#cf222e",
    Tone.DIM: "opacity:.6",
    Tone.STRONG: "font-weight:600",
    Tone.COMMAND: "font-family:monospace",
}
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.3em 0"
_CELL = "padding:.15em .7em .15em 0;white-space:pre-wrap;text-align:"


def html(page: Page) -> str:
    """A page as a piece of HTML."""
    return f'<div class="headwater">{"".join(map(_block, page))}</div>'


def _block(block: Line | Sheet) -> str:
    if isinstance(block, Line):
        return f'<div style="white-space:pre-wrap">{"".join(map(_piece, block.pieces))}</div>'
    head = "".join(_heading(heading) for heading in block.headings)
    body = "".join(_row(row, block.headings) for row in block.rows)
    return f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _heading(heading: Heading) -> str:
    kind = f'<br><small style="opacity:.6">{escape(heading.kind)}</small>' if heading.kind else ""
    return f'<th style="{_CELL}{_side(heading)}">{escape(heading.name)}{kind}</th>'


def _row(row: tuple[Piece, ...], headings: tuple[Heading, ...]) -> str:
    cells = (
        f'<td style="{_CELL}{_side(heading)}">{_piece(piece)}</td>'
        for piece, heading in zip(row, headings, strict=False)  # a row may end early
    )
    return f"<tr>{''.join(cells)}</tr>"


def _side(heading: Heading) -> str:
    return "right" if heading.right else "left"


def _piece(piece: Piece) -> str:
    if isinstance(piece, str):
        return escape(piece)
    text, tone = (piece.sign, piece.tone) if isinstance(piece, Mark) else (piece.text, piece.tone)
    style = _TONES[tone]
    return f'<span style="{style}">{escape(text)}</span>' if style else escape(text)
