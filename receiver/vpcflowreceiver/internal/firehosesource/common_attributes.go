// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"encoding/json"
	"errors"
	"fmt"
)

// What AWS allows common attributes to be: how many, and how long a name and a value is, in characters.
const (
	maxAttributes     = 50
	maxAttributeName  = 256
	maxAttributeValue = 1024
)

// commonAttributes reads what the user has told Firehose to send with each request: the value of a header; empty where that
// is not there.
func commonAttributes(header string) (map[string]string, error) {
	if header == "" {
		return nil, nil
	}
	var document struct {
		CommonAttributes map[string]string `json:"commonAttributes"`
	}
	if err := json.Unmarshal([]byte(header), &document); err != nil {
		return nil, errors.New("it must be a JSON object with commonAttributes, an object of texts")
	}
	if n := len(document.CommonAttributes); n > maxAttributes {
		return nil, fmt.Errorf("at most %d attributes, got %d", maxAttributes, n)
	}
	for name, value := range document.CommonAttributes {
		if name == "" || len([]rune(name)) > maxAttributeName || len([]rune(value)) > maxAttributeValue {
			return nil, fmt.Errorf("a name has 1 to %d characters and a value at most %d", maxAttributeName, maxAttributeValue)
		}
	}
	return document.CommonAttributes, nil
}
