// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// Threats is the threat list with which detection reports the alerts in the labels.
const Threats = `# Threat list of the demo. All addresses of attackers in the demo are invented:
# they resemble the documentation ranges (203.0.113.0/24 and 198.51.100.0/24) but
# are outside of them, so that they have a country. Their owners have done
# nothing wrong.

# logs in over SSH
85.203.0.113
# opens Remote Desktop; the entry is a network
80.203.0.0/24
# is rejected at SSH, then visits the web site
91.203.0.113
# destinations of the beacons
134.203.0.113
188.203.0.0/24
`
