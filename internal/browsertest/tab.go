// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package browsertest opens pages in a real browser and collects the errors there. It is for tests.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"slices"
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

// timeout bounds the lifetime of a browser.
const timeout = 5 * time.Minute

// Tab is a browser tab.
type Tab struct {
	context.Context
	t *testing.T

	mu       sync.Mutex
	errors   []string
	requests []string
}

// Open starts a browser with one tab. Both close at the end of the test. Open skips the test if no browser is installed, or
// fails it if CI is set.
func Open(t *testing.T) *Tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(findBrowser(t)), chromedp.WindowSize(1440, 900))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // chromium does not run as root with a sandbox
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), timeout)
	t.Cleanup(cancel)
	tab := &Tab{t: t}
	tab.Context, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(options...), chromedp.WithListener(tab.handleEvent))
	t.Cleanup(func() {
		assert.NoError(t, chromedp.Cancel(tab.Context), "close the browser")
		cancel()
	})
	Call(tab, network.Enable, network.EnableParams{})
	Call(tab, log.Enable, cdp.Empty{})
	return tab
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no browser is installed: apt-get install chromium"
	if os.Getenv("CI") == "" {
		t.Skip(missing)
	}
	require.FailNow(t, missing)
	return ""
}

// Do runs actions in the browser. Each must succeed.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	require.NoError(tab.t, chromedp.Do(tab, actions...))
}

// Call sends a command of the DevTools protocol to the browser. It must succeed.
func Call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	result, err := chromedp.Call(tab, command, params)
	require.NoError(tab.t, err)
	return result
}

// Value evaluates a JavaScript expression in the page. It awaits promises.
func Value[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	value, err := chromedp.Run(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(tab.t, err)
	return value
}

// Errors returns the errors and warnings of the browser so far, including violations of the content security policy, and
// the dialogs that scripts have opened.
func (tab *Tab) Errors() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.errors)
}

// Requests returns the URLs of all requests so far.
func (tab *Tab) Requests() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.requests)
}

// handleEvent records errors and requests. It must not call the browser, which waits for it.
func (tab *Tab) handleEvent(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tab.errors = append(tab.errors, string(e.Entry.Source)+": "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			tab.errors = append(tab.errors, "console message of type "+e.Type.String())
		}
	case *runtime.EventExceptionThrown:
		tab.errors = append(tab.errors, "exception: "+e.ExceptionDetails.Text+" "+description(e.ExceptionDetails.Exception))
	case *page.EventJavascriptDialogOpening:
		tab.errors = append(tab.errors, "dialog: "+e.Message)
		go tab.closeDialog() // the page is blocked until then
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
