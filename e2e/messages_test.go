// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

var messagesFolder = flag.String("messages", "", "a folder for Slack messages, e-mails and pages of five alerts, for review")

// messageRules are the rules whose messages are checked, and the status of the alert.
var messageRules = map[string]alert.Status{
	"large_outbound_transfer": alert.Resolved, "internal_reject_sweep": alert.Opened, "external_port_scan": alert.Opened,
	"remote_service_brute_force": alert.Opened, "suspicious_destination": alert.Opened,
}

// TestMessagesSayWhoWhomHowMuchAndWhatToDo checks what people see of five alerts of the demo. With -messages, it writes
// them to a folder.
func TestMessagesSayWhoWhomHowMuchAndWhatToDo(t *testing.T) {
	t.Chdir("..")
	s := newSink()
	startCollector(t, demoConfig(t), s)
	settle(t, s)
	slack, emails := &slackServer{}, startMailServer(t)
	server := httptest.NewServer(slack)
	t.Cleanup(server.Close)
	dashboard := "http://localhost:" + freePort(t)
	notifier := startNotifier(t, map[string]any{
		"external_url": dashboard, "group_wait": "0s", "sending_queue": map[string]any{"enabled": false},
		"slack_configs": []any{map[string]any{"api_url": server.URL, "channel": "#security", "send_resolved": true}},
		"global":        map[string]any{"smtp_smarthost": emails.address, "smtp_from": "flows@example.com", "smtp_require_tls": false},
		"email_configs": []any{map[string]any{"to": "security@example.com", "send_resolved": true}},
	})
	page := startPage(t, dashboard)
	require.NoError(t, page.ConsumeLogs(t.Context(), logsOf(s.all()...)))
	for rule, status := range messageRules {
		t.Run(rule, func(t *testing.T) {
			a := find(t, s.all(), rule, status)
			if status == alert.Resolved {
				opened := *a
				opened.Status = alert.Opened
				require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(&opened)))
			}
			require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(a)))
			message := slack.last(t)
			email := emails.last(t)
			for name, text := range map[string]string{"Slack": message, "e-mail": email} {
				for _, want := range []string{a.Source.String(), "Amount:", "Time:", "Outcome:", "account " + a.Account, "aws ec2 describe-"} {
					assert.Contains(t, strings.NewReplacer("*", "", "</th><td>", ": ", "&#43;", "+").Replace(text), want, name)
				}
			}
			assert.Contains(t, message, dashboard+"/alerts/"+a.UID)
			assert.Equal(t, len(playbook.Steps(a)), strings.Count(email, "<li>"))
			if *messagesFolder == "" {
				return
			}
			write(t, rule+".slack.txt", []byte(message))
			write(t, rule+".email.html", []byte(email))
			tab := browsertest.Open(t)
			tab.Do(chromedp.EmulateViewport(900, 800), chromedp.Navigate("data:text/html;charset=utf-8,"+url.PathEscape(email)))
			screenshot(t, tab, rule+".email.png")
			tab.Do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(dashboard+"/alerts/"+a.UID))
			screenshot(t, tab, rule+".page.png")
			tab.Do(chromedp.EmulateViewport(900, 800), chromedp.Navigate("data:text/html;charset=utf-8,"+url.PathEscape(slackHTML(message))))
			screenshot(t, tab, rule+".slack.png")
		})
	}
}

func find(t *testing.T, alerts []*alert.Alert, rule string, status alert.Status) *alert.Alert {
	t.Helper()
	for _, a := range alerts {
		if a.Rule == rule && a.Status == status {
			return a
		}
	}
	require.Fail(t, "no such alert", "%s %s", rule, status)
	return nil
}

func screenshot(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	require.NoError(t, err)
	write(t, name, picture)
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(*messagesFolder, name), content, 0o600))
}

// slackHTML shows a Slack message as Slack does, roughly.
func slackHTML(message string) string {
	var out strings.Builder
	out.WriteString(`<meta charset="utf-8"><style>body{font:15px/1.45 sans-serif;margin:1em;max-width:50em} pre{background:#f4f4f4;border:1px solid #ddd;padding:.5em;white-space:pre-wrap;overflow-wrap:anywhere;margin:.2em 0}</style>`)
	for i, part := range strings.Split(message, "```") {
		if i%2 == 1 {
			out.WriteString("<pre>" + strings.Trim(part, "\n") + "</pre>")
			continue
		}
		for line := range strings.Lines(strings.Trim(part, "\n")) {
			for n := 0; strings.Contains(line, "*"); n++ {
				line = strings.Replace(line, "*", []string{"<b>", "</b>"}[n%2], 1)
			}
			for strings.Contains(line, "<http") {
				before, rest, _ := strings.Cut(line, "<http")
				link, after, _ := strings.Cut(rest, ">")
				address, text, _ := strings.Cut(link, "|")
				line = before + `<a href="http` + address + `">` + text + "</a>" + after
			}
			out.WriteString(line + "<br>")
		}
	}
	return out.String()
}

// slackServer keeps the last message. The notifier sends synchronously, so it needs no lock.
type slackServer struct{ message string }

func (s *slackServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Attachments []struct{ Title, Text string }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Attachments) == 0 {
		http.Error(w, "invalid", http.StatusBadRequest)
		return
	}
	s.message = "*" + body.Attachments[0].Title + "*\n" + body.Attachments[0].Text
	_, _ = io.WriteString(w, "ok")
}

func (s *slackServer) last(t *testing.T) string {
	t.Helper()
	require.NotEmpty(t, s.message)
	return s.message
}

// mailServer keeps the last e-mail.
type mailServer struct {
	address string
	email   []byte
}

func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	m := &mailServer{}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return m, nil }))
	server.Domain = "localhost"
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	return m
}

func (*mailServer) Reset()                               {}
func (*mailServer) Logout() error                        { return nil }
func (*mailServer) Mail(string, *smtp.MailOptions) error { return nil }
func (*mailServer) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (m *mailServer) Data(r io.Reader) (err error) {
	m.email, err = io.ReadAll(r)
	return err
}

// last returns the HTML of the last e-mail.
func (m *mailServer) last(t *testing.T) string {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(m.email))
	require.NoError(t, err)
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	for reader := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			require.Fail(t, "the e-mail has no HTML")
		}
		require.NoError(t, err)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			text, err := io.ReadAll(quotedprintable.NewReader(part))
			require.NoError(t, err)
			return string(text)
		}
	}
}

// startPage starts a dashboard at the address and waits until it answers.
func startPage(t *testing.T, address string) exporter.Logs {
	t.Helper()
	factory := vpcdashboardexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"endpoint": strings.TrimPrefix(address, "http://"), "metrics_endpoint": "",
	}).Unmarshal(cfg))
	page, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, page.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, page.Shutdown(context.Background())) }) //nolint:usetesting // the test's context has ended
	return page
}
