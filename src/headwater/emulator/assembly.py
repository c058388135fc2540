"""How the box is put together: the double, each change of it, and what moves in between."""

from __future__ import annotations

from collections.abc import Callable

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from headwater.emulator import accounts, catalog, items, jobs, machines, queues, versions
from headwater.emulator.agenda import Agenda
from headwater.emulator.answers import queries as athena
from headwater.emulator.answers.queries import Queries
from headwater.emulator.clock import Clock
from headwater.emulator.control import Control
from headwater.emulator.deliveries import Deliveries
from headwater.emulator.events import notifications, rules, topics
from headwater.emulator.events.notifications import Announcer
from headwater.emulator.events.schedules import Schedules
from headwater.emulator.faults import Faults
from headwater.emulator.front import Front
from headwater.emulator.functions import invoke, mappings, policies, retries
from headwater.emulator.functions.invoke import Functions
from headwater.emulator.functions.mappings import Mappings
from headwater.emulator.functions.retries import Retries
from headwater.emulator.functions.warm import Warm
from headwater.emulator.jobs import Jobs
from headwater.emulator.machines import Machines
from headwater.emulator.meter import Meter
from headwater.emulator.pump import Pump
from headwater.emulator.units import Units


def assemble(url: str, clock: Clock, faults: Faults) -> tuple[Front, Pump, Callable[[], None]]:
    """What answers, what moves, and what is to be called at the end."""
    agenda, warm, meter = Agenda(clock), Warm(), Meter()
    deliveries = Deliveries(agenda, faults)
    functions = Functions(warm, faults, url)
    again = Retries(agenda, clock, functions.run)
    machines.install(url)
    accounts.install()
    catalog.install()
    retries.install()
    invoke.install(functions, again)
    queues.install()
    Units(meter).install()
    items.install()
    versions.install()
    mappings.install()
    policies.install()
    notifications.install(Announcer(deliveries, clock))
    rules.install(deliveries)
    topics.install(deliveries, agenda)
    scripts = Jobs(agenda, url)
    jobs.install(scripts)
    athena.install(Queries(agenda))
    moving = (Mappings(agenda, clock, functions), Schedules(clock, deliveries), Machines())
    pump = Pump(clock, agenda, moving)
    services = DomainDispatcherApplication(create_backend_app)

    def close() -> None:
        warm.close()
        scripts.close()

    return Front(services, Control(pump, faults, meter), faults, meter), pump, close
