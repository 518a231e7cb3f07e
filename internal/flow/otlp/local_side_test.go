// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

func TestLocalSide(t *testing.T) {
	const formatNames = "srcaddr dstaddr pkt-srcaddr pkt-dstaddr flow-direction start"
	for _, c := range []struct {
		name, line           string
		wantAttribute        string
		interfaceSrc, ifcDst string
	}{
		{"an ingress record's own address is the destination", "10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.9 ingress 5", "", "10.0.0.1", "10.0.0.2"},
		{"an egress record's own address is the source", "10.0.0.1 10.0.0.2 10.0.0.9 10.0.0.2 egress 5", "", "10.0.0.1", "10.0.0.2"},
		{"the source of an ingress record may differ", "10.0.0.1 10.0.0.2 10.0.0.9 10.0.0.2 ingress 5", "source", "10.0.0.1", "10.0.0.2"},
		{"the destination of an egress record may differ", "10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.9 egress 5", "destination", "10.0.0.1", "10.0.0.2"},
		{"without a direction, it is the source", "10.0.0.1 10.0.0.2 10.0.0.9 10.0.0.2 - 5", "", "10.0.0.1", "10.0.0.2"},
		{"without a direction, the destination needs an attribute", "10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.9 - 5", "destination", "10.0.0.1", "10.0.0.2"},
		{"both sides may differ", "10.0.0.1 10.0.0.2 10.0.0.8 10.0.0.9 ingress 5", "", "10.0.0.1", "10.0.0.2"},
		{"usually neither side differs", "10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.2 ingress 5", "", "10.0.0.1", "10.0.0.2"},
		{"a record may have the packet's addresses only", "- - 10.0.0.8 10.0.0.9 ingress 5", "", "10.0.0.8", "10.0.0.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			format := flowtest.Format(t, formatNames)
			assertFlowsAgree(t, format, c.line)
			logs, _ := decodeAs(format, []byte(c.line))
			record := recordsOf(t, logs)[0]
			assert.Equal(t, c.wantAttribute, textOf(record.Attributes(), keyLocalSide))
			var f flow.Flow
			require.NoError(t, NewRecordReader(nil).Flow(record, &f))
			assert.Equal(t, netip.MustParseAddr(c.interfaceSrc), f.InterfaceSrc())
			assert.Equal(t, netip.MustParseAddr(c.ifcDst), f.InterfaceDst())
		})
	}
}

func TestLocalSideOfAnotherDecoder(t *testing.T) {
	attributes := map[string]any{"source.address": "10.0.0.1", "destination.address": "10.0.0.9", "network.local.address": "10.0.0.2"}
	var f flow.Flow
	require.NoError(t, testRecord{attributes: with(attributes, "network.io.direction", "receive")}.read(t, NewRecordReader(nil), &f))
	assert.True(t, f.LocalIsDst, "an ingress record's own address is the destination")
	require.NoError(t, testRecord{attributes: attributes}.read(t, NewRecordReader(nil), &f))
	assert.False(t, f.LocalIsDst)
	require.NoError(t, testRecord{attributes: with(attributes, keyLocalSide, "destination")}.read(t, NewRecordReader(nil), &f))
	assert.True(t, f.LocalIsDst)
	assert.Equal(t, flow.BadValue, NewRecordReader(nil).Read(testRecord{attributes: with(attributes, keyLocalSide, "left")}.logRecord(t), &f))
}

func TestTagsAreDecoded(t *testing.T) {
	format := flowtest.Format(t, "srcaddr dstaddr start instance-tag interface-tag asg-tag")
	const line = "10.0.0.1 10.0.0.2 5 web%201 100% a%2525b"
	assertFlowsAgree(t, format, line)
	var f flow.Flow
	require.NoError(t, format.Flow(line, &f))
	assert.Equal(t, []string{"web 1", "100%", "a%25b"}, []string{f.InstanceTag, f.InterfaceTag, f.GroupTag})
}
