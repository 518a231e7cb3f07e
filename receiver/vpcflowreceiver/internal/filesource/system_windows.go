// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"io/fs"

	"github.com/cespare/xxhash/v2"
)

// openFlags has nothing to add.
const openFlags = 0

// canKeepOpen says that files which are open cannot be renamed and removed by others.
const canKeepOpen = false

// identify returns an identity made of the path. There are no inodes: files that are renamed are recognized by their
// content.
func identify(path string, _ fs.FileInfo) identity {
	return identity{Inode: xxhash.Sum64String(path)}
}
