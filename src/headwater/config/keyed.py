"""What a group of keys is made of: the group, a key of it, a group below it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from headwater.config.document import EMPTY


class Keys(BaseModel):
    """Keys that belong together; any other is a mistake."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def key(default: Any, meaning: str, example: Any, **more: Any) -> Any:
    """A key with its default as the user would write it."""
    return Field(
        default=default,
        description=meaning,
        examples=[example],
        validate_default=default is not None,
        **more,
    )


def part(model: type[BaseModel], meaning: str, example: Any) -> Any:
    """Keys below a key; what is left out is their defaults."""
    return Field(default_factory=model, description=meaning, examples=[example])


def nothing_is_empty(value: object) -> object:
    """`feeds:` and `sales:` with nothing behind them, as YAML invites one to write."""
    return {} if value is None or value is EMPTY else value


def single_is_list(value: object) -> object:
    """One where a list of them may stand."""
    return [value] if not isinstance(value, list | dict) else value
