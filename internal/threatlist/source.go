// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package threatlist reads lists of malicious addresses, looks addresses up in them, and keeps them up to date.
//
// A [Feed] reads a file again when it changes, and fetches a URL at an interval. When a new copy cannot be read or is
// implausible, the last good copy stays in use. A [Table] looks addresses up in all lists at once.
package threatlist

import (
	"context"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
)

// Source provides the text of a list.
type Source interface {
	// Fetch returns the text and its version, or ErrUnchanged if the last version is still the newest one. Other errors
	// may be a *StatusError.
	Fetch(ctx context.Context, now time.Time, last Version) (Version, []byte, error)
	// String returns the name of the source for messages, without secrets.
	String() string
	// ID returns a text that differs between sources and contains no secret.
	ID() string
}

// ErrUnchanged reports that a source has no new text.
var ErrUnchanged = changedfile.ErrUnchanged

// Version identifies a copy of a list.
type Version struct {
	// ETag and LastModified are the validators of the server's response, for the next conditional request. Either may
	// be empty.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Time is when the copy was fetched or confirmed, or the modification time of a file.
	Time time.Time `json:"time"`
}
