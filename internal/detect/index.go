// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// Rules lists all rules in the order in which they evaluate a flow: those of [Seed], then those of [Beyond].
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

	outboundScan,
	internalSweep,
	failedCallbacks,
	outboundFlood,
	externalSweep,
	newExposedService,
	longConnection,
	attackSequenceRule,
}

// Find returns the rule with the id, or nil.
func Find(id string) *Rule {
	for _, rule := range Rules {
		if rule.ID == id {
			return rule
		}
	}
	if id == FlowLogsStopped.ID {
		return FlowLogsStopped
	}
	return nil
}

func ruleIDs() []string {
	ids := make([]string, 0, len(Rules)+1)
	for _, rule := range Rules {
		ids = append(ids, rule.ID)
	}
	return append(ids, FlowLogsStopped.ID)
}
