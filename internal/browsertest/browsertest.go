// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package browsertest opens pages in a real browser, for tests, and sees what goes wrong there.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds how long a browser may take for all that a test asks of it.
const patience = 5 * time.Minute

// Tab is a page of a browser.
type Tab struct {
	context.Context
	t *testing.T

	mu      sync.Mutex
	faults  []string
	request []string
}

// Open starts a browser with one tab, which both end with the test. A machine without a browser skips the test, unless
// CI is set.
func Open(t *testing.T) *Tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.WindowSize(1440, 900))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // chromium refuses to be root with one
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	t.Cleanup(cancel)
	tab := &Tab{t: t}
	tab.Context, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(options...), chromedp.WithListener(tab.hear))
	t.Cleanup(func() {
		assert.NoError(t, chromedp.Cancel(tab.Context), "the browser ends")
		cancel()
	})
	Call(tab, network.Enable, network.EnableParams{})
	Call(tab, log.Enable, cdp.Empty{})
	return tab
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "" {
		t.Skip("no browser is installed: apt-get install chromium")
	}
	require.FailNow(t, "no browser is installed: apt-get install chromium")
	return ""
}

// Do has the browser do the steps, each of which must succeed.
func (tab *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	require.NoError(tab.t, chromedp.Do(tab, steps...))
}

// Call sends the browser a command of its protocol, which must succeed.
func Call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	result, err := chromedp.Call(tab, command, params)
	require.NoError(tab.t, err)
	return result
}

// Value returns what an expression comes to in the page; a promise is waited for.
func Value[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	value, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(tab.t, err)
	return value
}

// hear keeps what tests want to know of later. It is called for one event at a time and must not ask the browser.
func (tab *Tab) hear(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.request = append(tab.request, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tab.faults = append(tab.faults, string(e.Entry.Source)+": "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			tab.faults = append(tab.faults, "the console has a message of type "+e.Type.String())
		}
	case *runtime.EventExceptionThrown:
		tab.faults = append(tab.faults, "an exception: "+e.ExceptionDetails.Text+" "+description(e.ExceptionDetails.Exception))
	case *page.EventJavascriptDialogOpening:
		tab.faults = append(tab.faults, "a dialog: "+e.Message)
		go tab.closeDialog() // the page waits for it
	}
}

func (tab *Tab) closeDialog() {
	_, err := chromedp.Call(tab, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
	assert.NoError(tab.t, err)
}

func description(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return o.Description
}

// Faults returns the errors and warnings that the browser has told of, violations of the page's policy among them, and
// the dialogs that scripts have opened.
func (tab *Tab) Faults() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.faults...)
}

// Requests returns the URLs of all that was loaded.
func (tab *Tab) Requests() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return append([]string(nil), tab.request...)
}
