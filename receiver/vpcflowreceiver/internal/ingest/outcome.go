// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

// Outcome is the result of reading an input to its current end. It is the value of a metric label.
type Outcome string

// The outcomes that depend on the content of an input.
const (
	OutcomeRead        Outcome = "read"
	OutcomeEmpty       Outcome = "empty"
	OutcomeHeaderOnly  Outcome = "header_only"
	OutcomeUndecodable Outcome = "undecodable"
	OutcomeBinary      Outcome = "binary"
	OutcomeTruncated   Outcome = "truncated"
	OutcomeCorrupt     Outcome = "corrupt"
	OutcomeIncomplete  Outcome = "incomplete"
)
