// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package filesource

import (
	"io/fs"
	"syscall"
)

// openFlags prevents open from blocking on a pipe.
const openFlags = syscall.O_NONBLOCK

// canKeepOpen means that other programs can rename and remove open files.
const canKeepOpen = true

// identify returns the device and the inode of a file.
func identify(_ string, info fs.FileInfo) identity {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}
	}
	return identity{Device: uint64(stat.Dev), Inode: stat.Ino} //nolint:unconvert // Dev is an int32 on some systems.
}
