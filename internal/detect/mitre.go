// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// The tactics and techniques of the rules, with the names that MITRE ATT&CK (attack.mitre.org) gives them.
var (
	reconnaissance    = alert.Tactic{ID: "TA0043", Name: "Reconnaissance"}
	initialAccess     = alert.Tactic{ID: "TA0001", Name: "Initial Access"}
	lateralMovement   = alert.Tactic{ID: "TA0008", Name: "Lateral Movement"}
	exfiltration      = alert.Tactic{ID: "TA0010", Name: "Exfiltration"}
	commandAndControl = alert.Tactic{ID: "TA0011", Name: "Command and Control"}

	activeScanning           = alert.Technique{ID: "T1595", Name: "Active Scanning"}
	externalRemoteServices   = alert.Technique{ID: "T1133", Name: "External Remote Services"}
	remoteServices           = alert.Technique{ID: "T1021", Name: "Remote Services"}
	exfiltrationOverC2       = alert.Technique{ID: "T1041", Name: "Exfiltration Over C2 Channel"}
	applicationLayerProtocol = alert.Technique{ID: "T1071", Name: "Application Layer Protocol"}
)
