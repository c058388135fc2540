"""What every queue promises. Enrol with the fixtures `queue`, `pass_time` and `open_queue`.

`queue` is empty and lets a message be received three times. `pass_time(timedelta)` makes
that much of its time pass. `open_queue` can be pickled and opens the same queue, on the
machine's own clock, in another process.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

import pytest

from headwater.errors import UsageError
from headwater.ports.queue import Depth, ReceiptHandle

MINUTE = timedelta(minutes=1)
NEVER_ISSUED = ReceiptHandle("999-never-issued")


class QueueContract:
    MANY = 10_000  # in one send; fewer where a double is slow
    RACED_FOR = 1_000

    def test_what_is_sent_is_received_with_its_body(self, queue):
        queue.send(["sales/a.csv", "žluťoučký\n🐎"])

        messages = queue.receive(hidden_for=MINUTE)

        assert sorted(message.body for message in messages) == ["sales/a.csv", "žluťoučký\n🐎"]
        assert [message.receives for message in messages] == [1, 1]

    def test_an_empty_queue_gives_nothing(self, queue):
        assert queue.receive(hidden_for=MINUTE) == []
        assert queue.depth() == Depth(0, 0, 0)

    def test_sending_nothing_changes_nothing(self, queue):
        queue.send([])

        assert queue.depth() == Depth(0, 0, 0)

    def test_equal_bodies_are_separate_messages(self, queue):
        queue.send(["same", "same"])

        messages = queue.receive(hidden_for=MINUTE)

        assert len({message.id for message in messages}) == 2
        assert len({message.handle for message in messages}) == 2

    def test_a_receive_takes_ten_at_most_and_the_next_takes_the_rest(self, queue):
        queue.send([str(number) for number in range(13)])

        first = queue.receive(hidden_for=MINUTE)
        second = queue.receive(hidden_for=MINUTE)

        assert (len(first), len(second)) == (10, 3)
        assert {message.body for message in first + second} == {str(n) for n in range(13)}

    def test_a_receive_takes_no_more_than_it_is_asked_for(self, queue):
        queue.send(["a", "b", "c"])

        assert len(queue.receive(2, hidden_for=MINUTE)) == 2

    @pytest.mark.parametrize("limit", [0, -1, 11])
    def test_a_receive_of_none_or_of_more_than_ten_is_refused(self, queue, limit):
        with pytest.raises(UsageError, match="1 to 10"):
            queue.receive(limit, hidden_for=MINUTE)

    def test_thousands_of_bodies_go_in_one_send(self, queue):
        queue.send([f"sales/{number}.csv" for number in range(self.MANY)])

        assert queue.depth().waiting == self.MANY

    def test_a_message_in_somebodys_hands_is_seen_by_nobody_else(self, queue):
        queue.send(["a"])
        queue.receive(hidden_for=MINUTE)

        assert queue.receive(hidden_for=MINUTE) == []
        assert queue.depth() == Depth(waiting=0, in_flight=1, dead=0)

    def test_a_message_comes_back_when_its_visibility_runs_out(self, queue, pass_time):
        queue.send(["a"])
        [first] = queue.receive(hidden_for=MINUTE)
        pass_time(MINUTE)

        [second] = queue.receive(hidden_for=MINUTE)

        assert (second.id, second.body, second.receives) == (first.id, "a", 2)
        assert second.handle != first.handle

    def test_a_deleted_message_never_comes_back(self, queue, pass_time):
        queue.send(["a", "b"])
        first, second = queue.receive(hidden_for=MINUTE)

        queue.delete([first.handle])
        pass_time(MINUTE)

        assert [message.id for message in queue.receive(hidden_for=MINUTE)] == [second.id]

    def test_deleting_twice_changes_nothing_more(self, queue):
        queue.send(["a", "b"])
        first, _ = queue.receive(hidden_for=MINUTE)

        queue.delete([first.handle])
        queue.delete([first.handle])

        assert queue.depth() == Depth(waiting=0, in_flight=1, dead=0)

    def test_a_message_whose_visibility_ran_out_can_still_be_deleted_by_its_last_holder(
        self, queue, pass_time
    ):
        queue.send(["a"])
        [message] = queue.receive(hidden_for=MINUTE)
        pass_time(MINUTE)

        queue.delete([message.handle])

        assert queue.depth() == Depth(0, 0, 0)

    def test_a_later_receive_makes_the_earlier_handle_void(self, queue, pass_time):
        queue.send(["a"])
        [first] = queue.receive(hidden_for=MINUTE)
        pass_time(MINUTE)
        queue.receive(hidden_for=MINUTE)

        queue.delete([first.handle])
        queue.extend([first.handle], hidden_for=timedelta(0))

        assert queue.depth() == Depth(waiting=0, in_flight=1, dead=0)

    def test_handles_that_were_never_issued_change_nothing(self, queue):
        queue.send(["a"])

        queue.delete([NEVER_ISSUED, ReceiptHandle("")])
        queue.extend([NEVER_ISSUED, ReceiptHandle("")], hidden_for=MINUTE)

        assert queue.depth() == Depth(waiting=1, in_flight=0, dead=0)

    def test_extending_hides_a_message_for_longer_from_now(self, queue, pass_time):
        queue.send(["a"])
        [message] = queue.receive(hidden_for=MINUTE)
        pass_time(MINUTE / 2)

        queue.extend([message.handle], hidden_for=MINUTE)
        pass_time(MINUTE * 3 / 4)

        assert queue.receive(hidden_for=MINUTE) == []

    def test_extending_by_zero_gives_messages_back_at_once(self, queue):
        queue.send(["a", "b"])
        messages = queue.receive(hidden_for=MINUTE)

        queue.extend([message.handle for message in messages], hidden_for=timedelta(0))

        assert queue.depth().waiting == 2
        assert {message.receives for message in queue.receive(hidden_for=MINUTE)} == {2}

    def test_a_message_received_more_often_than_allowed_becomes_a_dead_letter(
        self, queue, pass_time
    ):
        queue.send(["poison"])
        self.exhaust(queue, pass_time)

        assert queue.receive(hidden_for=MINUTE) == []
        assert queue.depth() == Depth(waiting=0, in_flight=0, dead=1)
        assert [(m.body, m.receives) for m in queue.dead_letters()] == [("poison", 3)]

    def test_dead_letters_do_not_take_the_place_of_living_messages(self, queue, pass_time):
        queue.send([f"poison {number}" for number in range(12)])
        self.exhaust(queue, pass_time)
        queue.send(["good"])

        assert [message.body for message in queue.receive(hidden_for=MINUTE)] == ["good"]

    def test_dead_letters_are_looked_at_oldest_first_without_being_taken(self, queue, pass_time):
        queue.send(["first"])
        queue.send(["second"])
        self.exhaust(queue, pass_time)
        queue.receive(hidden_for=MINUTE)

        assert [message.body for message in queue.dead_letters(1)] == ["first"]
        assert [message.body for message in queue.dead_letters()] == ["first", "second"]

    def test_the_handle_of_a_dead_letter_is_void(self, queue, pass_time):
        queue.send(["poison"])
        handles = self.exhaust(queue, pass_time)
        queue.receive(hidden_for=MINUTE)

        queue.delete([*handles, *(message.handle for message in queue.dead_letters())])

        assert queue.depth().dead == 1

    def test_redriving_puts_dead_letters_back_as_if_never_received(self, queue, pass_time):
        queue.send(["poison"])
        self.exhaust(queue, pass_time)
        queue.receive(hidden_for=MINUTE)

        assert queue.redrive() == 1
        assert queue.redrive() == 0
        assert [m.receives for m in queue.receive(hidden_for=MINUTE)] == [1]
        assert queue.depth() == Depth(waiting=0, in_flight=1, dead=0)

    @pytest.mark.slow
    def test_four_racing_processes_receive_each_message_once(self, queue, open_queue):
        queue.send([str(number) for number in range(self.RACED_FOR)])

        with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
            drained = [pool.submit(drain, open_queue) for _ in range(4)]
            bodies = [body for future in drained for body in future.result()]

        assert sorted(map(int, bodies)) == list(range(self.RACED_FOR))
        assert queue.depth() == Depth(0, 0, 0)

    def exhaust(self, queue, pass_time):
        """Receive everything three times, and let it go each time."""
        handles = []
        for _ in range(3):
            while messages := queue.receive(hidden_for=MINUTE):
                handles += [message.handle for message in messages]
            pass_time(MINUTE)
        return handles


def drain(open_queue):
    queue = open_queue()
    bodies = []
    while messages := queue.receive(hidden_for=MINUTE):
        bodies += [message.body for message in messages]
        queue.delete([message.handle for message in messages])
    return bodies
