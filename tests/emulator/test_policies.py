"""Permissions of a function that several take away at once are all gone."""

from __future__ import annotations

from threading import Event, Thread

from moto.awslambda.policy import Policy

from headwater.emulator.functions import policies


class Looked(list):
    """Statements that wait, once somebody looks through them, for another who does as well."""

    def __init__(self, *statements):
        super().__init__(statements)
        self.looking, self.others = Event(), Event()

    def __iter__(self):
        for number, statement in enumerate(super().__iter__()):
            yield statement
            if number == 0:
                self.looking.set()
                self.others.wait(0.2)  # where there are turns nobody comes


def test_who_looks_for_a_permission_finds_it_while_another_is_taken_away(monkeypatch):
    monkeypatch.setattr(Policy, "del_statement", Policy.del_statement)
    policies.install()
    policy = Policy(None)
    policy.statements = Looked({"Sid": "a"}, {"Sid": "b"}, {"Sid": "c"})
    late = Thread(target=policy.del_statement, args=("b",))
    late.start()
    assert policy.statements.looking.wait(10)

    early = Thread(target=policy.del_statement, args=("a",))
    early.start()
    early.join(0.1)
    policy.statements.others.set()
    late.join(10)
    early.join(10)

    assert list(policy.statements) == [{"Sid": "c"}]
