// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
)

// Client is the part of a storage client that a Store needs.
type Client interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Set(ctx context.Context, key string, value []byte) error
}

// Store keeps the last good copies of lists. A nil Store keeps none.
type Store struct {
	client Client
}

// NewStore returns a store that reads and writes through the client.
func NewStore(client Client) *Store { return &Store{client} }

// A copy has two values: the compressed text, and its version, which changes more often.
func versionKey(name string) string { return "threat_list/" + name + "/head" }
func textKey(name string) string    { return "threat_list/" + name + "/text" }

// storedVersion is a version with the ID of its source. A list with another source is another list.
type storedVersion struct {
	Version
	Source string `json:"source"`
}

// load returns the copy of a list, or a nil text if there is none from this source.
func (s *Store) load(ctx context.Context, name, source string) (Version, []byte, error) {
	if s == nil {
		return Version{}, nil, nil
	}
	value, err := s.client.Get(ctx, versionKey(name))
	if err != nil || value == nil {
		return Version{}, nil, err
	}
	var version storedVersion
	if err := json.Unmarshal(value, &version); err != nil {
		return Version{}, nil, fmt.Errorf("decode stored version of list %q: %w", name, err)
	}
	if version.Source != source {
		return Version{}, nil, nil
	}
	value, err = s.client.Get(ctx, textKey(name))
	if err != nil || value == nil {
		return Version{}, nil, err
	}
	text, err := boundedread.All(bytes.NewReader(value), math.MaxInt64-1)
	if err != nil {
		return Version{}, nil, fmt.Errorf("decompress stored copy of list %q: %w", name, err)
	}
	return version.Version, text, nil
}

// save writes the version of a list, and the text unless it is nil.
func (s *Store) save(ctx context.Context, name, source string, version Version, text []byte) error {
	if s == nil {
		return nil
	}
	if text != nil {
		var compressed bytes.Buffer
		w := gzip.NewWriter(&compressed)
		_, err := w.Write(text)
		if err = errors.Join(err, w.Close()); err == nil {
			err = s.client.Set(ctx, textKey(name), compressed.Bytes())
		}
		if err != nil {
			return fmt.Errorf("store the new copy of the list, which is already in use: %w", err)
		}
	}
	value, err := json.Marshal(storedVersion{version, source})
	if err == nil {
		err = s.client.Set(ctx, versionKey(name), value)
	}
	if err != nil {
		return fmt.Errorf("store the version of the copy in use: %w", err)
	}
	return nil
}
