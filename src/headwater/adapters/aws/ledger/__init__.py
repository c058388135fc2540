"""The ledger in one DynamoDB table: docs/decisions/0020-the-ledger-on-dynamodb.md draws it."""

from headwater.adapters.aws.ledger.ledger import DynamoLedger
from headwater.adapters.aws.ledger.schema import create_table

__all__ = ["DynamoLedger", "create_table"]
