// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/ocsffield"
)

var classKey = []byte(`"` + ocsffield.ClassPath + `"`)

// addOCSF adds an OCSF event. It returns false if the object is none, and adds nothing for classes other than Network
// Activity.
func (r *records) addOCSF(object []byte) (isEvent, added bool) {
	if !bytes.Contains(object, classKey) {
		return false, false
	}
	isActivity := false
	members(object, func(key, value []byte) bool {
		if string(key) == ocsffield.ClassPath {
			isEvent, isActivity = true, string(bytes.Trim(value, `"`)) == ocsffield.Class
		}
		return !isEvent
	})
	if !isActivity {
		return isEvent, false
	}
	r.sources = slices.Grow(r.sources[:0], len(ocsffield.Sources))[:len(ocsffield.Sources)]
	clear(r.sources)
	r.collectOCSF(object, make([]byte, 0, 64))
	start, hasAddress := len(r.cells), false
	for i, text := range r.sources {
		source := &ocsffield.Sources[i]
		if source.Words != nil {
			text = []byte(source.Words[string(text)])
		}
		if len(text) == 0 || string(text) == flow.Absent {
			continue
		}
		id := r.column([]byte(source.Field))
		r.add(id, text)
		hasAddress = hasAddress || isAddress(source.Field) || source.Field == "interface-id"
	}
	if !hasAddress {
		r.cells = r.cells[:start]
		return true, false
	}
	for _, field := range ocsfFields {
		r.add(r.column(field), nil)
	}
	r.endRow()
	return true, true
}

// ocsfFields are in the format of all events. Without them, the format would change from event to event.
var ocsfFields = func() (fields [][]byte) {
	seen := map[string]bool{}
	for _, s := range ocsffield.Sources {
		if !seen[s.Field] {
			seen[s.Field] = true
			fields = append(fields, []byte(s.Field))
		}
	}
	return fields
}()

// collectOCSF sets the sources from an object. path is the path of the object, with a period after it.
func (r *records) collectOCSF(object, path []byte) {
	members(object, func(key, value []byte) bool {
		inner := slices.Concat(path, key)
		switch value[0] {
		case '{':
			r.collectOCSF(value, append(inner, '.'))
			return true
		case '[':
			isFirst := true
			elements(value, func(element []byte) {
				if isFirst {
					r.collect(inner, element)
				}
				isFirst = false
			})
			return true
		}
		r.collect(inner, value)
		return true
	})
}

func (r *records) collect(path, value []byte) {
	if i, ok := ocsffield.ByPath[string(path)]; ok {
		r.sources[i], _ = scalar(value)
	}
}
