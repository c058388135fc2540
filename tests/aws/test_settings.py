"""Clients of one process share what is the same for all, and nothing else."""

from headwater.adapters.aws.settings import AwsSettings


def description(client):
    return client.meta.service_model._service_description


def test_what_a_service_is_is_read_once(as_aws):
    first, second = (AwsSettings().client("s3") for _ in range(2))

    assert description(first)["operations"] is description(second)["operations"]


def test_each_client_has_the_keys_of_its_moment(as_aws, monkeypatch):
    before = AwsSettings().client("s3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")

    after = AwsSettings().client("s3")

    keys = [each._request_signer._credentials.access_key for each in (before, after)]
    assert keys == [as_aws.environment["AWS_ACCESS_KEY_ID"], "another"]
