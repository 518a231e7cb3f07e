#!/usr/bin/env bash
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Writes a names file for the `names` option of vpc_detection, with the AWS CLI and jq:
#
#   deploy/names.sh eu-west-1 us-east-1 > names.csv
#
# Without arguments, it uses the default region of the AWS CLI. It needs the permissions ec2:DescribeNetworkInterfaces and
# ec2:DescribeInstances. cmd/vpcnames does the same for several accounts. Run it regularly, for example by cron. Write
# to a temporary file and rename it, so that the collector never reads half a file.
set -euo pipefail

for program in aws jq; do
	command -v "$program" >/dev/null || { echo "names.sh: $program is not installed" >&2; exit 1; }
done

regions=("$@")
if ((${#regions[@]} == 0)); then
	region=$(aws configure get region) || { echo "names.sh: no default region; name regions as arguments" >&2; exit 1; }
	regions=("$region")
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo 'address,interface,instance,vpc,account,name,owner,environment'
for region in "${regions[@]}"; do
	aws ec2 describe-instances --region "$region" --output json >"$folder/instances.json"
	aws ec2 describe-network-interfaces --region "$region" --output json >"$folder/interfaces.json"
	# The tags of an interface override the tags of its instance. Without a Name tag, the description is the name.
	jq -r --slurpfile instances "$folder/instances.json" '
		def tags: (. // []) | map({(.Key): .Value}) | add // {};
		($instances[0].Reservations | map(.Instances[] | {(.InstanceId): (.Tags | tags)}) | add // {}) as $tags
		| .NetworkInterfaces[]
		| . as $eni
		| (($tags[.Attachment.InstanceId // ""] // {}) + (.TagSet | tags)) as $t
		| ([.PrivateIpAddresses[]?.PrivateIpAddress] + [.Ipv6Addresses[]?.Ipv6Address])[]
		| [., $eni.NetworkInterfaceId, ($eni.Attachment.InstanceId // ""), ($eni.VpcId // ""), ($eni.OwnerId // ""),
			([$t.Name, $eni.Description] | map(select(. != null and . != "")) | first // ""),
			($t.Owner // $t.owner // $t.Team // $t.team // ""),
			($t.Environment // $t.environment // $t.Env // $t.env // "")]
		| select(.[5] != "" or .[6] != "" or .[7] != "")
		| @csv' "$folder/interfaces.json"
done
