"""Ways to tell of events: a program, a file, an address."""

from headwater.adapters.notify.command import CommandNotifier
from headwater.adapters.notify.file import FileNotifier
from headwater.adapters.notify.webhook import WebhookNotifier

__all__ = ["CommandNotifier", "FileNotifier", "WebhookNotifier"]
