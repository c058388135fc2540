"""From a PUT to rows, through functions and machines."""

import time

import pytest

from tests.emulator.making import invoke


def test_a_file_that_is_put_becomes_rows(deploy):
    lake = deploy()

    t=time.time()
    lake.put("sales/a.csv", "id,amount\n1,2.50\n2,3.50\n")
    assert lake.box.quiet(60)
    print(time.time()-t)
    print(lake.executions(), lake.lake.status())
    t=time.time()
    lake.put("sales/b.csv", "id,amount\n3,2.50\n")
    while len(lake.rows())<3 and time.time()-t<10: pass
    print(time.time()-t)

    assert [row[0] for row in lake.rows()] == [1, 2,3]
    assert 0
