"""The double keeps what the store and the queue stand on."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


def test_an_object_is_created_once(aws):
    bucket, s3 = aws.bucket(), aws.client("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="a", Body=b"second", IfNoneMatch="*")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"first"
