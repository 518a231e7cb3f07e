// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// Threats is the threat list that the scripts' labels suppose.
const Threats = `# Threat list of the demo. All addresses of attackers in the demo are invented:
# they resemble those of the documentation ranges (203.0.113.0/24 and
# 198.51.100.0/24) but lie outside of them, so that they have a country. Nothing
# is known against their owners.

# logs in over SSH
85.203.0.113
# opens Remote Desktop; the entry is a whole network
80.203.0.0/24
# is rejected at SSH, and reads the web site
91.203.0.113
# beacons' destinations
134.203.0.113
188.203.0.0/24
`
