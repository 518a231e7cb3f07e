// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// confirmFixture is a source without an endpoint, whose consumer keeps state.
type confirmFixture struct {
	*fixture
	keeper  *ingesttest.Keeper
	storage *ingesttest.Storage
}

func newConfirmFixture(t *testing.T) *confirmFixture {
	r := &confirmFixture{fixture: newFixture(t), storage: ingesttest.NewStorage(nil)}
	r.keeper = r.Keep()
	return r
}

func (r *confirmFixture) open() {
	r.t.Helper()
	r.build()
	require.NoError(r.t, r.source.newHandler(r.t.Context(), r.storage))
}

// answer sends a request and returns a channel that gets the status.
func (r *confirmFixture) answer(id, text string) <-chan int {
	status := make(chan int, 1)
	go func() {
		w := httptest.NewRecorder()
		r.source.handler.ServeHTTP(w, r.request(id, strings.NewReader(payload(id, text))))
		status <- w.Code
	}()
	synctest.Wait()
	return status
}

func TestRequestIsAnsweredWhenItIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newConfirmFixture(t)
		r.open()
		one, other := r.answer("1", ingesttest.Lines(1, 3)), r.answer("2", ingesttest.Lines(4, 5))
		require.Equal(t, 5, r.Sink.LogRecordCount())
		require.Empty(t, one)
		require.EqualValues(t, 2, r.keeper.Requested.Load())
		r.keeper.Confirm()
		require.Equal(t, http.StatusOK, <-one)
		require.Equal(t, http.StatusOK, <-other, "requests share a save")
		r.source.ingester.Close()
	})
}

func TestRequestThatIsNotConfirmedInTimeIsSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newConfirmFixture(t)
		r.open()
		begin := time.Now()
		require.Equal(t, http.StatusServiceUnavailable, <-r.answer("1", ingesttest.Lines(1, 3)))
		require.Equal(t, responseTimeout, time.Since(begin))
		again := r.answer("1", ingesttest.Lines(1, 3))
		r.keeper.Confirm()
		require.Equal(t, http.StatusOK, <-again)
		positions := r.keeper.Positions()
		require.Len(t, positions, 2)
		require.Equal(t, positions[0], positions[1], "the consumer skips the records")
		require.Equal(t, http.StatusOK, <-r.answer("1", ingesttest.Lines(1, 3)))
		require.Len(t, r.keeper.Positions(), 2, "the request is known")
		r.source.ingester.Close()
	})
}

func TestRequestThatWasNotAnsweredBeforeACrashIsCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newConfirmFixture(t)
		r.open()
		unanswered := r.answer("1", ingesttest.Lines(1, 3))
		first := r.keeper.Positions()
		stored := r.storage.Values()
		r.keeper.Confirm()
		<-unanswered
		r.source.ingester.Close()

		r.storage = ingesttest.NewStorage(stored) // as the crash leaves it
		r.keeper = r.Keep()
		r.open()
		again := r.answer("1", ingesttest.Lines(1, 3))
		require.Equal(t, first, r.keeper.Positions())
		r.keeper.Confirm()
		require.Equal(t, http.StatusOK, <-again)
		r.source.ingester.Close()
	})
}
