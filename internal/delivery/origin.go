// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Origin is the position of records in the object that another collector has read them from, such as a file or an S3 object.
// If two collectors read the same object, both send records of the same origin, and a component with state skips the second.
type Origin struct {
	// Input identifies the object and the account of the records. It is the same in all collectors.
	Input Input
	// First is the number of records of the object before the block with these records, and End the number up to its end.
	First, End int64
}

// String returns the text that ParseOrigin parses.
func (o Origin) String() string {
	return hex.EncodeToString(o.Input[:]) + "/" + strconv.FormatInt(o.First, 10) + "/" + strconv.FormatInt(o.End, 10)
}

// ParseOrigin parses the text of an Origin.
func ParseOrigin(text string) (o Origin, err error) {
	input, positions, _ := strings.Cut(text, "/")
	first, end, _ := strings.Cut(positions, "/")
	if n, err := hex.Decode(o.Input[:], []byte(input[:min(len(input), 2*len(o.Input))])); err != nil || n < len(o.Input) || len(input) > 2*n {
		return Origin{}, fmt.Errorf("parse origin %q: no object", text)
	}
	if o.First, err = strconv.ParseInt(first, 10, 64); err == nil {
		o.End, err = strconv.ParseInt(end, 10, 64)
	}
	if err != nil || o.First < 0 || o.End < o.First {
		return Origin{}, fmt.Errorf("parse origin %q: no positions", text)
	}
	return o, nil
}
