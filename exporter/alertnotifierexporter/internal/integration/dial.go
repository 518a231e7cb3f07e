// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
)

// maxAnswer bounds an answer, in bytes. The integrations read answers whole, and repeat them in their errors, so that a
// server that never ends one would take all memory.
const maxAnswer = 256 << 10

// dial makes connections that break when too much comes for one request.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &answering{Conn: conn}, nil
}

// answering counts what has been read since something was last written. A connection of HTTP/1 is read by one goroutine
// and written by another, in turns.
type answering struct {
	net.Conn
	read atomic.Int64
}

func (a *answering) Read(p []byte) (int, error) {
	n, err := a.Conn.Read(p)
	if a.read.Add(int64(n)) > maxAnswer {
		return 0, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return n, err
}

func (a *answering) Write(p []byte) (int, error) {
	a.read.Store(0)
	return a.Conn.Write(p)
}
