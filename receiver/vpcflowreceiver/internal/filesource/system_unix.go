// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package filesource

import (
	"io/fs"
	"syscall"
)

// openFlags keep the opening of a pipe from blocking.
const openFlags = syscall.O_NONBLOCK

// canKeepOpen says that files which are open can be renamed and removed by others.
const canKeepOpen = true

// identify returns the device and the inode of a file.
func identify(_ string, info fs.FileInfo) identity {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}
	}
	return identity{Device: uint64(stat.Dev), Inode: stat.Ino} //nolint:unconvert // Dev is an int32 on some systems.
}
