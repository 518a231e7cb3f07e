// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
)

// lockedStore is a store that a test may change while a browser reads it.
type lockedStore struct {
	mu sync.Mutex
	*fakeStore
}

func (s *lockedStore) View(query overview.Query) overview.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fakeStore.View(query)
}

func (s *lockedStore) Episodes(query overview.AlertQuery) ([]overview.Episode, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fakeStore.Episodes(query)
}

func (s *lockedStore) Episode(uid string) (overview.Episode, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fakeStore.Episode(uid)
}

func (s *lockedStore) change(f func(*fakeStore)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.fakeStore)
}

// browse serves the store and opens a browser tab.
func browse(t *testing.T, s *fakeStore) (*browsertest.Tab, *lockedStore, string) {
	t.Helper()
	tab := browsertest.Open(t)
	store := &lockedStore{fakeStore: s}
	server := httptest.NewServer(Handler(store, Options{Version: "1.2.3", Collector: hostileReport}))
	t.Cleanup(server.Close)
	return tab, store, server.URL
}

// setScheme sets the color scheme that the browser prefers, light or dark.
func setScheme(tab *browsertest.Tab, scheme string) {
	browsertest.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

func TestHostileStringsHaveNoEffectInABrowser(t *testing.T) {
	tab, _, url := browse(t, hostileStore())
	for _, path := range []string{"/", "/alerts", alertPath, "/api/"} {
		tab.Do(chromedp.Navigate(url + path))
		assert.Empty(t, tab.Errors(), path)
		assert.Contains(t, []string{"", "0"}, fmt.Sprint(browsertest.Value[int](tab, "document.images.length")), path)
	}
	for _, request := range tab.Requests() {
		assert.True(t, strings.HasPrefix(request, url), "a request to another host: %s", request)
	}
	assert.Contains(t, browsertest.Value[string](tab, "fetch('/').then(r => r.text())"), "&lt;script&gt;alert(1)")
}

func TestPagesAreAccessible(t *testing.T) {
	tab, _, url := browse(t, fullStore())
	for scheme, width := range map[string]int64{"light": 1440, "dark": 360} {
		setScheme(tab, scheme)
		for _, path := range []string{"/", "/alerts", alertPath, "/api/", "/nowhere"} {
			tab.Do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(url+path))
			for _, violation := range tab.Accessibility() {
				assert.Fail(t, violation.String(), "%s, %s, %d wide", path, scheme, width)
			}
		}
	}
}

// tooWide returns the elements that are wider than the screen, except those that scroll separately.
const tooWide = `document.documentElement.scrollWidth <= innerWidth ? "" : [...document.querySelectorAll("main *, header *, footer *")]
	.filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest(".scroll, pre, .visually-hidden"))
	.map(e => e.outerHTML.slice(0, 150)).join("\n") || "an invisible element"`

func TestPagesFitOnAPhone(t *testing.T) {
	tab, store, url := browse(t, fullStore())
	for _, name := range []string{"full", "hostile", "empty"} {
		store.change(func(f *fakeStore) {
			*f = map[string]fakeStore{"full": *fullStore(), "hostile": *hostileStore(), "empty": {}}[name]
		})
		for _, path := range []string{"/", "/alerts", alertPath, "/api/"} {
			tab.Do(chromedp.EmulateViewport(360, 800), chromedp.Navigate(url+path))
			assert.Empty(t, browsertest.Value[string](tab, tooWide), "%s, %s", name, path)
		}
	}
}

func TestTheKeyboardSkipsToTheContent(t *testing.T) {
	tab, _, url := browse(t, fullStore())
	tab.Do(chromedp.Navigate(url+"/"), chromedp.KeyEvent("\t"))
	assert.Equal(t, "Skip to content", browsertest.Value[string](tab, "document.activeElement.textContent"))
	tab.Do(chromedp.KeyEvent("\r"))
	assert.Equal(t, "main", browsertest.Value[string](tab, "document.activeElement.id"))
}

// refresh makes the page refresh now, and waits until it has.
const refresh = `new Promise(done => {
	const seen = new MutationObserver(() => { seen.disconnect(); done(true); });
	seen.observe(document.querySelector("[data-fresh]"), {childList: true, characterData: true, subtree: true});
	document.querySelector("[data-fresh]").textContent ||= "";
	document.dispatchEvent(new Event("dashboard:refresh"));
})`

func TestARefreshKeepsTheStateOfThePage(t *testing.T) {
	tab, store, url := browse(t, fullStore())
	tab.Do(chromedp.Navigate(url + "/"))
	browsertest.Value[bool](tab, `(() => {
		document.getElementById("flows-by-class-data").open = true;
		document.querySelector("#flows-by-class-data .scroll").scrollTop = 120;
		document.querySelector("#top-sources a").focus({preventScroll: true});
		scrollTo(0, 400);
		document.querySelector("main").dataset.same = "page";
		return true;
	})()`)
	store.change(func(f *fakeStore) {
		f.view.Totals.Flows = 1_234_567_890
		f.total = 99
	})
	browsertest.Value[bool](tab, refresh)

	assert.Contains(t, browsertest.Value[string](tab, "document.querySelector('main').textContent"), "1.23 G")
	assert.Contains(t, browsertest.Value[string](tab, "document.querySelector('#newest-alerts').textContent"), "All 99 alerts")
	assert.Equal(t, "page", browsertest.Value[string](tab, "document.querySelector('main').dataset.same"), "no navigation")
	assert.True(t, browsertest.Value[bool](tab, "document.getElementById('flows-by-class-data').open"))
	assert.Equal(t, 120, browsertest.Value[int](tab, "document.querySelector('#flows-by-class-data .scroll').scrollTop"))
	assert.Equal(t, 400, browsertest.Value[int](tab, "Math.round(scrollY)"))
	assert.Equal(t, "10.20.1.42", browsertest.Value[string](tab, "document.activeElement.textContent"))
	assert.Equal(t, "The alerts have changed.", browsertest.Value[string](tab, "document.querySelector('[data-status]').textContent"))
	assert.Regexp(t, `^Updated \d\d:\d\d:\d\d UTC$`, browsertest.Value[string](tab, "document.querySelector('[data-fresh]').textContent"))
	assert.Empty(t, tab.Errors())
}

func TestAPausedPageDoesNotRefresh(t *testing.T) {
	tab, store, url := browse(t, fullStore())
	tab.Do(chromedp.Navigate(url+"/"), chromedp.Click(chromedp.CSS("[data-pause]")))
	store.change(func(f *fakeStore) { f.view.Totals.Flows = 1_234_567_890 })
	requests := len(tab.Requests())
	browsertest.Value[bool](tab, "document.dispatchEvent(new Event('dashboard:refresh'))")
	assert.NotContains(t, browsertest.Value[string](tab, "document.querySelector('main').textContent"), "1.23 G")
	assert.Len(t, tab.Requests(), requests)
	assert.Equal(t, "true", browsertest.Value[string](tab, "document.querySelector('[data-pause]').ariaPressed"))

	tab.Do(chromedp.Click(chromedp.CSS("[data-pause]")))
	_, err := chromedp.Run(tab, chromedp.Poll[bool]("document.querySelector('main').textContent.includes('1.23 G')"))
	assert.NoError(t, err)
}

func TestTheThemeIsSwitchedAndStored(t *testing.T) {
	tab, _, url := browse(t, fullStore())
	background := func() string {
		return browsertest.Value[string](tab, "getComputedStyle(document.documentElement).backgroundColor")
	}
	setScheme(tab, "light")
	tab.Do(chromedp.Navigate(url + "/"))
	lightBackground := background()
	setScheme(tab, "dark")
	darkBackground := background()
	assert.NotEqual(t, lightBackground, darkBackground)
	tab.Do(chromedp.Click(chromedp.CSS("[data-theme-switch]")))
	assert.Equal(t, lightBackground, background())
	tab.Do(chromedp.Navigate(url + "/alerts"))
	assert.Equal(t, lightBackground, background(), "on another page")
	tab.Do(chromedp.Click(chromedp.CSS("[data-theme-switch]")))
	assert.Equal(t, darkBackground, background())
}

func TestPagesWorkWithoutJavaScript(t *testing.T) {
	tab, store, url := browse(t, fullStore())
	browsertest.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	tab.Do(
		chromedp.Navigate(url+"/"),
		chromedp.WaitVisible(chromedp.CSS("#flows-by-action svg rect")),
		chromedp.WaitNotVisible(chromedp.CSS("[data-pause]")),
		chromedp.WaitNotVisible(chromedp.CSS("[data-theme-switch]")),
		chromedp.Navigate(url+"/alerts"),
		chromedp.SendKeys(chromedp.CSS("#address"), "10.20.0.0/16\r"),
		chromedp.WaitVisible(chromedp.CSS(`.filters a[href="/alerts"]`)),
	)
	where, err := chromedp.Run(tab, chromedp.Location())
	assert.NoError(t, err)
	assert.Contains(t, where, "address=10.20.0.0%2F16")
	store.change(func(f *fakeStore) { assert.Equal(t, "10.20.0.0/16", f.alertQuery.Address.String()) })
	tab.Do(
		chromedp.Click(chromedp.CSS(`tr[id="alert-00000000000000000000000000000002"] .what a`)),
		chromedp.WaitVisible(chromedp.CSS("#mitigation")),
	)
	where, err = chromedp.Run(tab, chromedp.Location())
	assert.NoError(t, err)
	assert.Equal(t, url+alertPath, where)
}
