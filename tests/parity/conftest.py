"""The double that stands for AWS here, too."""

from tests.aws.conftest import _aws, as_aws

__all__ = ["_aws", "as_aws"]
