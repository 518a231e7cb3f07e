// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
)

// maxResponse bounds an HTTP response with its headers, in bytes. The integrations read whole responses into memory.
const maxResponse = 256 << 10

// Dial opens a connection that fails if a response is longer than 256 KiB. It is for HTTP/1, where requests and
// responses alternate.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &limitedConn{Conn: conn}, nil
}

// limitedConn counts the bytes read since the last write.
type limitedConn struct {
	net.Conn
	read atomic.Int64
}

func (c *limitedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.read.Add(int64(n)) > maxResponse {
		return 0, fmt.Errorf("response is longer than %d bytes", maxResponse)
	}
	return n, err
}

func (c *limitedConn) Write(p []byte) (int, error) {
	c.read.Store(0)
	return c.Conn.Write(p)
}
