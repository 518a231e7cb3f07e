// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed templates
var templateFiles embed.FS

// templates are the pages by name, each with the layout around it.
var templates = func() map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(functions).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"))
	pages := map[string]*template.Template{}
	for _, name := range []string{"overview", "alerts", "alert", "api", "message"} {
		pages[name] = template.Must(template.Must(layout.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return pages
}()

var functions = template.FuncMap{
	"text": visible, "exact": exact, "count": count, "bytes": byteCount, "percent": percent,
	"utc": utc, "iso": iso, "unix": unix, "period": period, "seconds": seconds,
	"asset": assetURL, "technique": techniqueURL, "country": country, "service": service, "port": func(n uint16) string { return strconv.Itoa(int(n)) },
	"positive": positive, "service16": func(n uint16) string { return services[n] },
}

// page is what the layout shows around a body.
type page struct {
	Title string
	// Nav is the entry of the navigation that the page belongs to.
	Nav string
	// Marker changes when there is something new, which a reader is then told of.
	Marker  int
	Version string
	Body    any
}

// message is the body of a page that has only something to say.
type message struct{ Head, Text string }

// render writes the page once all of it is made, so that one that fails is not half shown.
func (h *handler) render(w http.ResponseWriter, status int, name string, p page) {
	p.Version = h.options.Version
	var out bytes.Buffer
	if err := templates[name].ExecuteTemplate(&out, "layout.html", p); err != nil {
		h.fail(w, fmt.Errorf("page %s: %w", name, err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // whoever asked has gone
}

// fail tells of what must not happen.
func (*handler) fail(w http.ResponseWriter, err error) {
	http.Error(w, "the dashboard failed: "+err.Error(), http.StatusInternalServerError)
}

func (h *handler) badRequest(w http.ResponseWriter, bad *parameterError) {
	h.render(w, http.StatusBadRequest, "message", page{Title: "Bad request", Body: message{
		Head: "This address has a parameter that cannot be meant", Text: bad.Error(),
	}})
}

func (h *handler) notFound(w http.ResponseWriter, _ *http.Request) {
	h.render(w, http.StatusNotFound, "message", page{Title: "Not found", Body: message{
		Head: "There is no such page", Text: "There are an overview, a list of alerts and an API.",
	}})
}
