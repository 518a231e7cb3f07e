// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build race

package detect

// underRaceDetector is for tests that would take ten times as long.
const underRaceDetector = true
