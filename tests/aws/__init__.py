"""AWS as the tests see it: a double of its services over HTTP, and what our adapters make of it."""
