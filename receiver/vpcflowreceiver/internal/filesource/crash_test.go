// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// crashFixture is a source whose consumer keeps state, and whose storage survives a crash.
type crashFixture struct {
	*fixture
	keeper  *ingesttest.Keeper
	storage *ingesttest.Storage
}

func newCrashFixture(t *testing.T) *crashFixture {
	r := &crashFixture{fixture: newFixture(t), storage: ingesttest.NewStorage(nil)}
	r.keeper = r.Keep()
	r.client = r.storage
	t.Cleanup(func() {
		if r.source != nil {
			r.source.ingester.Close() // so that the end of the test does not wait
		}
	})
	return r
}

// crash ends the source, as kill -9 does: nothing is stored any more.
func (r *crashFixture) crash() {
	r.t.Helper()
	r.storage = ingesttest.NewStorage(r.storage.Values())
	r.source.ingester.Close()
	r.stop()
	r.client = r.storage
	r.keeper = r.Keep()
	r.Sink.Reset()
}

// confirm waits until n records were sent, makes the consumer store its state, and waits until the positions are stored.
func (r *crashFixture) confirm(n int) {
	r.t.Helper()
	r.sent(n)
	r.waitForPolls()
	r.keeper.Confirm()
	r.source.ingester.Flush(r.t.Context())
}

// sent waits until n records were sent. It returns the records of each input by their positions.
func (r *crashFixture) sent(n int) (inputs [][]int64) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.Sink.LogRecordCount() >= n }, timeout, tick)
	r.waitForPolls()
	require.Equal(r.t, n, r.Sink.LogRecordCount())
	return r.inputs()
}

// inputs returns, for each input in the order of their first batch, the first and the last position.
func (r *crashFixture) inputs() (list [][]int64) {
	numbers := map[[16]byte]int{}
	for _, p := range r.keeper.Positions() {
		n, ok := numbers[p.Input]
		if !ok {
			n = len(list)
			numbers[p.Input] = n
			list = append(list, []int64{p.First, p.First})
		}
		list[n][1] = p.First + p.Records
	}
	return list
}

// input returns the only input.
func (r *crashFixture) input() any {
	r.t.Helper()
	all := r.keeper.Positions()
	require.NotEmpty(r.t, all)
	for _, p := range all {
		require.Equal(r.t, all[0].Input, p.Input)
	}
	return all[0].Input
}

func TestRecordsThatAreNotConfirmedAreReadAgainAfterACrash(t *testing.T) {
	for name, content := range map[string]func(first, last int) string{
		"text": lines,
		"documents": func(first, last int) string {
			text := ""
			for ; first <= last; first++ {
				text += cloudWatch(t, "1", lines(first, first)) + "\n"
			}
			return text
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newCrashFixture(t)
			r.Config.MaxBatchSize = 3
			r.write("a.log", content(1, 10))
			r.start()
			require.Equal(t, [][]int64{{0, 10}}, r.sent(10))
			input := r.input()
			r.crash()

			r.start()
			require.Equal(t, [][]int64{{0, 10}}, r.sent(10), "from the beginning")
			require.Equal(t, input, r.input(), "it is the same file")
			r.confirm(10)
			r.append("a.log", content(11, 14))
			r.sent(14)
			r.crash()

			r.append("a.log", content(15, 16))
			r.start()
			require.Equal(t, [][]int64{{10, 16}}, r.sent(6), "after the last confirmed record")
			require.Equal(t, input, r.input())
			r.confirm(6)
			r.crash()

			r.start()
			r.waitForPolls()
			require.Zero(t, r.Sink.LogRecordCount())
		})
	}
}

func TestFileThatReplacesAnotherOneDuringACrashIsNewAlthoughItHasTheSameInode(t *testing.T) {
	for name, confirm := range map[string]bool{"position 0": false, "a later position": true} {
		t.Run(name, func(t *testing.T) {
			r := newCrashFixture(t)
			r.write("a.log", lines(1, 10))
			r.start()
			r.sent(10)
			if confirm {
				r.confirm(10)
			}
			input := r.input()
			r.crash()
			r.write("a.log", lines(101, 130)) // keeps the inode
			r.start()
			require.Equal(t, [][]int64{{0, 30}}, r.sent(30))
			require.NotEqual(t, input, r.input())
		})
	}
}

func TestCopyThatReplacesAFileDuringACrashContinuesIt(t *testing.T) {
	for name, rotate := range map[string]func(r *crashFixture){
		"compressed": func(r *crashFixture) {
			r.write("a.log.1.gz", gzipped(r.t, lines(1, 25)))
			r.remove("a.log")
		},
		"copied and truncated": func(r *crashFixture) {
			r.write("a.log.1", lines(1, 25))
			r.write("a.log", "")
		},
		"renamed": func(r *crashFixture) {
			r.append("a.log", lines(21, 25))
			r.rename("a.log", "a.log.1")
		},
	} {
		for _, confirmed := range []int{0, 10} {
			t.Run(fmt.Sprint(name, " after ", confirmed), func(t *testing.T) {
				r := newCrashFixture(t)
				r.write("a.log", lines(1, 10))
				r.start()
				if confirmed > 0 {
					r.confirm(10)
				}
				r.append("a.log", lines(11, 20))
				r.sent(20)
				input := r.input()
				r.crash()
				rotate(r)
				r.start()
				require.Equal(t, [][]int64{{int64(confirmed), 25}}, r.sent(25-confirmed))
				require.Equal(t, input, r.input())
			})
		}
	}
}

func TestTruncatedFileIsANewInputAfterItsCopyWasRead(t *testing.T) {
	r := newCrashFixture(t)
	r.write("a.log", lines(1, 10))
	r.start()
	r.sent(10)
	r.keeper.Confirm() // else reading the copy waits
	r.write("a.log.1", lines(1, 12))
	r.write("a.log", lines(101, 101))
	require.Equal(t, [][]int64{{0, 12}, {0, 1}}, r.sent(13))
}

func TestReadingACopyWaitsUntilTheOriginalIsConfirmed(t *testing.T) {
	r := newCrashFixture(t)
	r.write("a.log", lines(1, 10))
	r.start()
	r.sent(10)
	r.write("a.log.1", lines(1, 12))
	r.write("a.log", "")
	require.Eventually(t, func() bool { return r.keeper.Requested.Load() > 0 }, timeout, tick)
	require.Equal(t, 10, r.Sink.LogRecordCount())
	r.keeper.Confirm()
	require.Equal(t, [][]int64{{0, 12}}, r.sent(12))
}

func TestCopyOfAFileThatIsPresentIsNotReadAfterACrash(t *testing.T) {
	r := newCrashFixture(t)
	r.write("b.log", lines(1, 10))
	r.start()
	r.sent(10)
	r.crash()
	r.write("a.log", lines(1, 10)) // is read before the original
	r.start()
	require.Equal(t, [][]int64{{0, 10}}, r.sent(10))
}

func TestFilesWithTheSameHeaderAreDifferentInputs(t *testing.T) {
	r := newCrashFixture(t)
	r.write("a.log", shortHeader)
	r.start()
	r.waitForPolls()
	r.write("b.log", shortHeader+shortLines(1, 5))
	r.sent(5)
	r.append("a.log", shortLines(11, 13))
	require.Equal(t, [][]int64{{0, 5}, {0, 3}}, r.sent(8))
}

func TestParquetFileIsRecognizedAfterACrash(t *testing.T) {
	r := newCrashFixture(t)
	r.Config.MaxBatchSize = 100
	content := ingesttest.ParquetRows(t, 1, 250)
	r.write("a.log.parquet", content)
	r.start()
	r.sent(250)
	input := r.input()
	r.crash()
	r.start()
	require.Equal(t, [][]int64{{0, 250}}, r.sent(250))
	require.Equal(t, input, r.input())
	r.crash()

	r.write("b.log.parquet", content)
	r.remove("a.log.parquet")
	r.start()
	require.Equal(t, [][]int64{{0, 250}}, r.sent(250))
	require.Equal(t, input, r.input(), "a copy continues it")
	r.confirm(250)
	r.crash()
	r.start()
	r.waitForPolls()
	require.Zero(t, r.Sink.LogRecordCount())
}

func TestInputsAreDifferentWithoutTheirStorage(t *testing.T) {
	r := newCrashFixture(t)
	r.write("a.log", lines(1, 10))
	r.start()
	r.sent(10)
	input := r.input()
	r.crash()
	r.client = ingesttest.NewStorage(nil)
	r.start()
	r.sent(10)
	require.NotEqual(t, input, r.input(), "another file may now have the first key")
}
