// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"
)

func TestTextIsRead(t *testing.T) {
	r := newRig(t)
	r.write("a.log", v2(1, 5))
	r.start()
	r.ports(upTo(1, 5)...)
}

func TestGzipIsRead(t *testing.T) {
	r := newRig(t)
	r.write("a.log.gz", zip(t, v2(1, 2500)))
	r.start()
	r.ports(upTo(1, 2500)...)
}
