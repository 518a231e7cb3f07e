// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"io/fs"
	"os"
	"time"
)

// maxInterval is the longest time between two checks of a file.
const maxInterval = 10 * time.Second

// candidate is a path that matches.
type candidate struct {
	path string
	// info describes the file, through symbolic links, when it was last checked; nil if there was none.
	info fs.FileInfo
	id   identity
	// changed is when the file was last seen to change. next is when it is checked again.
	changed, next time.Time
}

// check looks at the file. It reports whether the path leads to another file than before.
func (c *candidate) check(now time.Time) (isOther bool) {
	info, err := os.Stat(c.path)
	if err != nil {
		info = nil
	}
	before, id := c.info, c.id
	c.info, c.id = info, identity{}
	if info != nil {
		c.id = identify(c.path, info)
	}
	isOther = (before == nil) != (info == nil) || c.id != id || info != nil && info.Mode().Type() != before.Mode().Type()
	switch {
	case c.changed.IsZero() && info != nil && info.ModTime().Before(now):
		c.changed = info.ModTime()
	case c.changed.IsZero() || isOther:
		c.changed = now
	case info != nil && (info.Size() != before.Size() || !info.ModTime().Equal(before.ModTime())):
		c.changed = now
	}
	return isOther
}

func (c *candidate) isRegular() bool { return c.info != nil && c.info.Mode().IsRegular() }

// isSpecial reports whether the path leads to a pipe, a socket or a device. These are not opened, because opening a pipe can
// block.
func (c *candidate) isSpecial() bool {
	return c.info != nil && !c.info.IsDir() && !c.info.Mode().IsRegular()
}

// schedule sets the time of the next check. The longer a file has not changed, the less often it is checked.
func (c *candidate) schedule(now time.Time, longest time.Duration) {
	c.next = now.Add(min(longest, now.Sub(c.changed)/10))
}
