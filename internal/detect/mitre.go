// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/mitre"
)

// Mitre selects the ids of MITRE ATT&CK (attack.mitre.org) in alerts.
type Mitre string

const (
	// SeedIDs are the usual ids of these rules.
	SeedIDs Mitre = "seed"
	// AttackIDs are the ids that fit best in the public matrix.
	AttackIDs Mitre = "attack"
)

// The tactics and techniques of the rules, with the names that MITRE ATT&CK gives them.
var (
	reconnaissance    = alert.Tactic{ID: "TA0043", Name: "Reconnaissance"}
	initialAccess     = alert.Tactic{ID: "TA0001", Name: "Initial Access"}
	credentialAccess  = alert.Tactic{ID: "TA0006", Name: "Credential Access"}
	discovery         = alert.Tactic{ID: "TA0007", Name: "Discovery"}
	lateralMovement   = alert.Tactic{ID: "TA0008", Name: "Lateral Movement"}
	exfiltration      = alert.Tactic{ID: "TA0010", Name: "Exfiltration"}
	commandAndControl = alert.Tactic{ID: "TA0011", Name: "Command and Control"}
	impact            = alert.Tactic{ID: "TA0040", Name: "Impact"}

	activeScanning           = alert.Technique{ID: "T1595", Name: "Active Scanning"}
	externalRemoteServices   = alert.Technique{ID: "T1133", Name: "External Remote Services"}
	networkServiceDiscovery  = alert.Technique{ID: "T1046", Name: "Network Service Discovery"}
	bruteForce               = alert.Technique{ID: "T1110", Name: "Brute Force"}
	remoteServices           = alert.Technique{ID: "T1021", Name: "Remote Services"}
	exfiltrationOverC2       = alert.Technique{ID: "T1041", Name: "Exfiltration Over C2 Channel"}
	exfiltrationOverOther    = alert.Technique{ID: "T1048", Name: "Exfiltration Over Alternative Protocol"}
	remoteSystemDiscovery    = alert.Technique{ID: "T1018", Name: "Remote System Discovery"}
	fallbackChannels         = alert.Technique{ID: "T1008", Name: "Fallback Channels"}
	applicationLayerProtocol = alert.Technique{ID: "T1071", Name: "Application Layer Protocol"}
	networkDenialOfService   = alert.Technique{ID: "T1498", Name: "Network Denial of Service"}
)

// tacticOf returns a tactic by its id. The name is empty if there is no such tactic.
func tacticOf(id string) alert.Tactic { return alert.Tactic{ID: id, Name: mitre.Tactic(id)} }

// techniqueOf returns a technique by its id. The name is empty if there is no such technique.
func techniqueOf(id string) alert.Technique {
	return alert.Technique{ID: id, Name: mitre.Technique(id)}
}

// Fit is a tactic and one of its techniques.
type Fit struct {
	Tactic    alert.Tactic
	Technique alert.Technique
}

// Classification is a place in the matrix of MITRE ATT&CK. Related lists the ids of other techniques that fit.
type Classification struct {
	Tactic    alert.Tactic
	Technique alert.Technique
	Related   []string
}

// classification returns the ids for alerts of the rule.
func (r *Rule) classification(ids Mitre) Classification {
	seed := Classification{r.Tactic, r.Technique, r.Related}
	if ids == AttackIDs {
		return r.withBestFit(seed)
	}
	return seed
}

// withBestFit replaces the tactic and technique by the rule's best fit. The former technique becomes a related one.
func (r *Rule) withBestFit(c Classification) Classification {
	fit := r.BestFit
	if fit == nil || c.Technique.ID == fit.Technique.ID {
		return c
	}
	related := slices.DeleteFunc(slices.Clone(c.Related), func(id string) bool { return id == fit.Technique.ID })
	if c.Technique.ID != "" {
		related = slices.Insert(related, 0, c.Technique.ID)
	}
	return Classification{fit.Tactic, fit.Technique, related}
}

// BestClassification returns the classification of an alert that fits best in the public matrix, for display. It does
// not depend on the configured ids. An alert of an unknown rule keeps its own.
func BestClassification(a *alert.Alert) Classification {
	own := Classification{a.Tactic, a.Technique, a.RelatedTechniques}
	if rule := Find(a.Rule); rule != nil {
		return rule.withBestFit(own)
	}
	return own
}
