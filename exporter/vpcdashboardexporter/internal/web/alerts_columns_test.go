// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
)

// sparseStore returns a store with alerts that lack more and more fields.
func sparseStore() *fakeStore {
	full := fullStore().episodes[0].Alert
	full.Destination = netip.MustParseAddr("10.0.0.1")
	s := &fakeStore{}
	for i, change := range []func(*alert.Alert){
		func(*alert.Alert) {},
		func(a *alert.Alert) { a.Source, a.Sources = netip.Addr{}, nil },
		func(a *alert.Alert) { a.Destination, a.Destinations, a.DestinationPort = netip.Addr{}, nil, 0 },
		func(a *alert.Alert) { a.Measure, a.Unit, a.Threshold = 0, "", 0 },
		func(a *alert.Alert) { *a = alert.Alert{} },
	} {
		e := overview.Episode{Alert: full}
		change(&e.Alert)
		e.UID = fmt.Sprint("sparse", i)
		s.episodes = append(s.episodes, e)
	}
	return s
}

func TestEachRowHasACellPerColumn(t *testing.T) {
	p := pageOf(t, Handler(sparseStore(), Options{}), "/alerts")
	columns := len(p.tags(atom.Thead)[0].tags(atom.Th))
	for _, row := range p.tags(atom.Tbody)[0].tags(atom.Tr) {
		assert.Len(t, row.tags(atom.Td), columns, row.attr("id"))
	}
}

// misplaced returns the cells that are not below the header of their column.
const misplaced = `[...document.querySelectorAll("table.alerts tbody tr")].flatMap(row => [...row.cells].map((cell, i) => {
	const left = e => Math.round(e.getBoundingClientRect().left), header = document.querySelectorAll("table.alerts thead th")[i];
	return left(cell) === left(header) ? "" : row.id + ": " + header.textContent + " is at " + left(cell) + ", not " + left(header);
})).filter(text => text).join("\n")`

func TestEmptyCellsDoNotShiftTheColumns(t *testing.T) {
	tab, _, url := browse(t, sparseStore())
	for _, width := range []int64{1440, 1024, 601} {
		tab.Do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(url+"/alerts"))
		assert.Empty(t, browsertest.Value[string](tab, misplaced), "%d wide", width)
	}
}

func TestEmptyCellsTakeNoRoomOnAPhone(t *testing.T) {
	tab, _, url := browse(t, sparseStore())
	tab.Do(chromedp.EmulateViewport(360, 800), chromedp.Navigate(url+"/alerts"))
	visible := browsertest.Value[string](tab, `[...document.querySelectorAll("table.alerts td")].filter(e => !e.textContent.trim() && e.offsetHeight).map(e => e.closest("tr").id).join()`)
	assert.Empty(t, strings.TrimSpace(visible))
}
