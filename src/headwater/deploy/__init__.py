"""The way to AWS: functions are packed, Terraform is driven, what stands is looked at."""
