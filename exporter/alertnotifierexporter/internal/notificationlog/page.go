// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package notificationlog

import (
	"fmt"
	"hash/fnv"
)

// pages is the number of storage values over which the episodes are distributed. A save writes only the changed values.
const pages = 64

func pageKeyOf(uid string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(uid)) // never fails
	return pageKey(int(h.Sum32() % pages))
}

func pageKey(page int) string { return fmt.Sprintf("episodes/%02d", page) }
