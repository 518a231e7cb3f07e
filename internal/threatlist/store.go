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

// Client is what of a storage client is used.
type Client interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Set(ctx context.Context, key string, value []byte) error
}

// Store keeps the last good copies of lists. Nil keeps none.
type Store struct {
	client Client
}

// NewStore returns a store that keeps copies through a client.
func NewStore(client Client) *Store { return &Store{client} }

// A copy is two values: the text, packed, and its head, which changes more often.
func headKey(name string) string { return "threat_list/" + name + "/head" }
func textKey(name string) string { return "threat_list/" + name + "/text" }

// stored is a head with the source that it came from: a list that comes from elsewhere is another.
type stored struct {
	Version
	Source string `json:"source"`
}

// load returns no text when no copy was kept.
func (s *Store) load(ctx context.Context, name, source string) (Version, []byte, error) {
	if s == nil {
		return Version{}, nil, nil
	}
	packed, err := s.client.Get(ctx, headKey(name))
	if err != nil || packed == nil {
		return Version{}, nil, err
	}
	var head stored
	if err := json.Unmarshal(packed, &head); err != nil {
		return Version{}, nil, fmt.Errorf("the copy of list %q that was kept: %w", name, err)
	}
	if head.Source != source {
		return Version{}, nil, nil
	}
	packed, err = s.client.Get(ctx, textKey(name))
	if err != nil || packed == nil {
		return Version{}, nil, err
	}
	text, err := boundedread.All(bytes.NewReader(packed), math.MaxInt64-1)
	if err != nil {
		return Version{}, nil, fmt.Errorf("the copy of list %q that was kept: %w", name, err)
	}
	return head.Version, text, nil
}

// save keeps a text with its head, or without a text the head alone.
func (s *Store) save(ctx context.Context, name, source string, head Version, text []byte) error {
	if s == nil {
		return nil
	}
	if text != nil {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err := w.Write(text)
		if err = errors.Join(err, w.Close()); err == nil {
			err = s.client.Set(ctx, textKey(name), packed.Bytes())
		}
		if err != nil {
			return fmt.Errorf("the new copy is used, but could not be kept: %w", err)
		}
	}
	packed, err := json.Marshal(stored{head, source})
	if err == nil {
		err = s.client.Set(ctx, headKey(name), packed)
	}
	if err != nil {
		return fmt.Errorf("the new copy is used, but could not be kept: %w", err)
	}
	return nil
}
