// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
)

// Tests that expect no errors are only useful if errors are found.
func TestErrorsOfAPageAreFound(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"a forbidden inline script": {`<script>document.title = "run"</script>`, "Content Security Policy"},
		"a forbidden inline style":  {`<p style="color: red">x</p>`, "Content Security Policy"},
		"an image of another host":  {`<img src="http://192.0.2.1/x.png" alt="">`, "Content Security Policy"},
		"a missing file":            {`<script src="/none.js"></script>`, "404"},
		"an error in a script":      {`<script src="/wrong.js"></script>`, "wrong on purpose"},
		"a dialog":                  {`<script src="/dialog.js"></script>`, "dialog: hello"},
	} {
		t.Run(name, func(t *testing.T) {
			tab := browsertest.Open(t)
			tab.Do(chromedp.Navigate(serve(t, c.body)))
			assert.Contains(t, fmt.Sprint(tab.Errors()), c.want)
		})
	}
}

func TestAPageWithoutErrors(t *testing.T) {
	tab := browsertest.Open(t)
	url := serve(t, "<p>x</p>")
	tab.Do(chromedp.Navigate(url))
	assert.Empty(t, tab.Errors())
	assert.Equal(t, []string{url}, tab.Requests())
	assert.Equal(t, "t", browsertest.Value[string](tab, "Promise.resolve(document.title)"))
	assert.Empty(t, tab.Accessibility())
}

func TestAccessibilityViolationsAreFound(t *testing.T) {
	tab := browsertest.Open(t)
	tab.Do(chromedp.Navigate(serve(t, `<img src="data:," alt="x"><input>`)))
	violations := tab.Accessibility()
	if assert.NotEmpty(t, violations) {
		assert.Contains(t, fmt.Sprint(violations), "label (critical)")
	}
}

func serve(t *testing.T, body string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>t</title><link rel="icon" href="/icon"><main><h1>t</h1>%s</main></html>`, body)
	})
	mux.HandleFunc("/icon", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/wrong.js", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `throw new Error("wrong on purpose")`)
	})
	mux.HandleFunc("/dialog.js", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `alert("hello")`) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/"
}
