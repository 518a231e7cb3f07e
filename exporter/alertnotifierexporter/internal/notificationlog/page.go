// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package notificationlog

import (
	"fmt"
	"hash/fnv"
)

// pages is the number of values that the episodes are spread over in the storage. A save writes only those with changes.
const pages = 64

func pageKeyOf(uid string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(uid)) // never fails
	return pageKey(int(h.Sum32() % pages))
}

func pageKey(page int) string { return fmt.Sprintf("episodes/%02d", page) }
