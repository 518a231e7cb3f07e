// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// Rules lists all rules in the order in which they evaluate a flow.
var Rules = []*Rule{
	rejectedInternalScan,
	externalPortScan,
	internalPortScan,
	remoteServiceBruteForce,
	maliciousRemoteAccess,
	dnsNotOverUDP,
	newInternalPeer,
	excessiveInboundICMP,
	remoteServiceRejects,
	suspiciousDestination,
	unusualCountry,
	largeOutboundTransfer,
	externalRejectSweep,
	internalRejectSweep,
}

// Find returns the rule with the id, or nil.
func Find(id string) *Rule {
	for _, rule := range Rules {
		if rule.ID == id {
			return rule
		}
	}
	return nil
}

func ruleIDs() []string {
	ids := make([]string, len(Rules))
	for i, rule := range Rules {
		ids[i] = rule.ID
	}
	return ids
}
