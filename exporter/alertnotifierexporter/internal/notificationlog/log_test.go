// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestBeyondTheBoundWhatHasEndedIsForgottenFirstThenTheOldest(t *testing.T) {
	l := newLedger(3)
	at := func(minutes int) time.Time { return noon().Add(time.Duration(minutes) * time.Minute) }
	for i, uid := range []string{"a", "b", "c"} {
		l.put(uid, begin(scan(uid, "203.0.113.7"), noon()).told(at(i)))
	}
	assert.EqualValues(t, 3, l.lasting.Load())
	l.put("c", over(at(10)))
	assert.EqualValues(t, 2, l.lasting.Load())
	l.put("d", begin(scan("d", "203.0.113.7"), noon()).told(at(11)))
	assert.NotContains(t, l.episodes, "c")
	assert.Zero(t, l.evicted.Load(), "of what has ended nothing is missed")
	l.put("e", begin(scan("e", "203.0.113.7"), noon()).told(at(12)))
	assert.NotContains(t, l.episodes, "a")
	assert.EqualValues(t, 1, l.evicted.Load())
	l.put("e", begin(scan("e", "203.0.113.7"), noon()).told(at(13)))
	assert.Len(t, l.episodes, 3, "what is known takes no room")
}

func TestALedgerIsReadAsItWasWritten(t *testing.T) {
	extension := fileStorage(t, t.TempDir())[component.MustNewID("file_storage")].(storage.Extension)
	client, err := extension.GetClient(t.Context(), component.KindExporter, component.NewID(componentType), "told")
	require.NoError(t, err)
	defer client.Close(context.Background()) //nolint:usetesting // that of the test has ended then
	l := newLedger(1000)
	l.client = client
	for i := range 500 {
		uid := fmt.Sprint(i)
		l.put(uid, begin(graver(alert.Severities[i%4], scan(uid, "203.0.113.7")), noon()).told(noon()))
	}
	require.NoError(t, l.save(t.Context()))
	for i := range 100 {
		l.put(fmt.Sprint(i), over(noon()))
	}
	l.set("499", nil)
	require.NoError(t, l.save(t.Context()))
	assert.Empty(t, l.dirty)

	again := newLedger(1000)
	again.client = client
	require.NoError(t, again.load(t.Context()))
	assert.Equal(t, l.episodes, again.episodes)
	assert.EqualValues(t, 399, again.lasting.Load())

	require.NoError(t, client.Set(t.Context(), "episodes/07", []byte("{")))
	require.ErrorContains(t, again.load(t.Context()), "episodes/07 cannot be read")
}

// full is a storage that takes nothing.
type full struct{ storage.Client }

func (full) Batch(context.Context, ...*storage.Operation) error { return errors.New("no space left") }

func TestWhatCannotBeStoredIsSaidOnceAndStoredLater(t *testing.T) {
	s := serve(t)
	r := newRig(t, "storage: file_storage\ngroup_wait: 0s\n"+kinds["webhook"](s.URL))
	r.extensions = fileStorage(t, t.TempDir())
	r.run()
	d := r.destinations[0]
	client := d.ledger.client
	d.ledger.client = full{client}
	for i := range 3 {
		require.NoError(t, d.push(t.Context(), toLogs([]*alert.Alert{scan(fmt.Sprint(i), "203.0.113.7")})))
	}
	assert.Len(t, s.got(), 3, "who is to be told is told all the same")
	assert.Equal(t, 1, r.logged.FilterMessage("what has been told cannot be stored").Len())
	d.ledger.client = client
	require.NoError(t, d.push(t.Context(), toLogs([]*alert.Alert{scan("4", "203.0.113.7")})))
	again := newLedger(10)
	again.client = client
	require.NoError(t, again.load(t.Context()))
	assert.Len(t, again.episodes, 4)
}
