"""Versions of objects outlive the suspension of versioning, and are deleted one by one."""

from urllib.parse import quote

import pytest


@pytest.fixture
def suspended(aws_in_the_box):
    """A bucket with an object that was written twice and deleted, whose versioning is suspended."""
    s3, bucket = aws_in_the_box.client("s3"), aws_in_the_box.bucket()
    keep(s3, bucket, "Enabled")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="a", Body=body)
    s3.delete_object(Bucket=bucket, Key="a")
    keep(s3, bucket, "Suspended")
    return s3, bucket


def keep(s3, bucket, status):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def versions(s3, bucket, kind="Versions"):
    return [each["VersionId"] for each in s3.list_object_versions(Bucket=bucket).get(kind, [])]


def delete(s3, bucket, versions):
    named = [{"Key": "a", "VersionId": each} for each in versions]
    assert "Errors" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": named})


def test_one_version_is_deleted_and_the_others_stay(suspended):
    one, other = versions(*suspended)

    delete(*suspended, [one])

    assert versions(*suspended) == [other]


def test_a_bucket_is_emptied_of_versions_and_of_what_marks_deletions(suspended):
    delete(*suspended, versions(*suspended))
    delete(*suspended, versions(*suspended, "DeleteMarkers"))

    assert versions(*suspended) == []
    assert versions(*suspended, "DeleteMarkers") == []


@pytest.mark.parametrize("key", ["50%.csv", "100%25", "a+b c", "ü/&"])
def test_a_listing_of_versions_spells_keys_as_it_was_asked_to(aws_in_the_box, key):
    s3, bucket = aws_in_the_box.client("s3"), aws_in_the_box.bucket()
    keep(s3, bucket, "Enabled")
    s3.put_object(Bucket=bucket, Key=key, Body=b"1")
    s3.delete_object(Bucket=bucket, Key=key)

    for asked, wanted in (({}, key), ({"EncodingType": "url"}, quote(key))):
        listed = s3.list_object_versions(Bucket=bucket, **asked)
        assert [each["Key"] for each in listed["Versions"]] == [wanted]
        assert [each["Key"] for each in listed["DeleteMarkers"]] == [wanted]
