// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

// unmodeled are the rules that the reference model does not have. Tests that compare with the model disable them.
var unmodeled []string
