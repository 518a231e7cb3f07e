import os

import boto3


def pages(client, operation, key, **arguments):
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def handler(event, context):
    """Creates a flow log for each VPC that has none in the central bucket."""
    ec2 = boto3.client("ec2")
    bucket = os.environ["BUCKET_ARN"]
    logged = {
        log["ResourceId"]
        for log in pages(ec2, "describe_flow_logs", "FlowLogs")
        if log.get("LogDestination", "").split("/")[0] == bucket
    }
    # Only the owner of a VPC that is shared with this account can create its flow log.
    vpcs = {vpc["VpcId"] for vpc in pages(ec2, "describe_vpcs", "Vpcs") if vpc["OwnerId"] == os.environ["ACCOUNT"]}
    created, failed = [], []
    for vpc in sorted(vpcs - logged):
        # An error of one VPC does not keep the others from getting a flow log.
        try:
            result = ec2.create_flow_logs(
                ResourceType="VPC",
                ResourceIds=[vpc],
                TrafficType="ALL",
                MaxAggregationInterval=int(os.environ["AGGREGATION_SECONDS"]),
                LogDestinationType="s3",
                LogDestination=bucket,
                LogFormat=os.environ["LOG_FORMAT"],
                DestinationOptions={
                    "FileFormat": "plain-text",
                    "HiveCompatiblePartitions": False,
                    "PerHourPartition": True,
                },
            )
        except ec2.exceptions.ClientError as error:
            failed.append(f"{vpc}: {error}")
            continue
        errors = [f"{vpc}: {item['Error']['Message']}" for item in result.get("Unsuccessful", [])]
        failed += errors
        created += [] if errors else [vpc]
    print("created flow logs:", created)
    if failed:
        raise RuntimeError("create flow logs: " + "; ".join(failed))
    return {"created": created}
