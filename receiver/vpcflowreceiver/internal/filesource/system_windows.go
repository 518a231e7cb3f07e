// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"io/fs"

	"github.com/cespare/xxhash/v2"
)

// openFlags is empty: opening a file does not block.
const openFlags = 0

// canKeepOpen is false because other programs cannot rename or remove open files.
const canKeepOpen = false

// identify returns a hash of the path, since Windows has no inodes. Renamed files are recognized by their content.
func identify(path string, _ fs.FileInfo) identity {
	return identity{Inode: xxhash.Sum64String(path)}
}
