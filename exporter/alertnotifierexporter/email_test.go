// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// mailServer is an SMTP server that records e-mails.
type mailServer struct {
	address string

	mu     sync.Mutex
	emails []email
	reject error // the reply to each recipient
}

type email struct {
	from string
	to   []string
	text []byte
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	p := new(mailServer)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: p}, nil }))
	server.Domain = "localhost"
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		<-ended
	})
	return p
}

// takeEmails returns the e-mails since the last call.
func (p *mailServer) takeEmails() []email {
	p.mu.Lock()
	defer p.mu.Unlock()
	emails := p.emails
	p.emails = nil
	return emails
}

func (p *mailServer) rejectWith(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reject = err
}

type session struct {
	server *mailServer
	email
}

func (s *session) Reset()        { s.email = email{} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.to = append(s.to, to)
	return s.server.reject
}

func (s *session) Data(r io.Reader) (err error) {
	if s.text, err = io.ReadAll(r); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.emails = append(s.server.emails, s.email)
	return nil
}

func emailConfig(p *mailServer) string {
	return "global: {smtp_smarthost: '" + p.address + "', smtp_from: flows@example.com, smtp_require_tls: false}\n" +
		"email_configs: [{to: 'security@example.com, oncall@example.com', send_resolved: true}]\n"
}

// parse returns the subject of an e-mail and its parts by media type.
func (e email) parse(t *testing.T) (subject string, parts map[string]string) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(e.text))
	require.NoError(t, err)
	subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	parts = map[string]string{}
	for reader := multipart.NewReader(message.Body, params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return subject, parts
		}
		require.NoError(t, err)
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		require.NoError(t, err)
		parts[kind] = string(text)
	}
}

func TestEmailHasTextAndHTML(t *testing.T) {
	p := newMailServer(t)
	r := start(t, noQueue+emailConfig(p))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	emails := p.takeEmails()
	require.Len(t, emails, 1)
	assert.Equal(t, "flows@example.com", emails[0].from)
	assert.Equal(t, []string{"security@example.com", "oncall@example.com"}, emails[0].to)
	subject, parts := emails[0].parse(t)
	assert.Equal(t, "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7", subject)
	golden(t, "email.txt", withUnixNewlines(parts["text/plain"]))
	golden(t, "email.html", withUnixNewlines(parts["text/html"]))
	assert.Contains(t, parts["text/html"], "<th style=\"vertical-align: top; white-space: nowrap\">What to do</th><td>Close unused ports.</td>")
	assert.Contains(t, parts["text/html"], `<a href="https://attack.mitre.org/techniques/T1595/">`)

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	subject, parts = p.takeEmails()[0].parse(t)
	assert.Contains(t, subject, ", ENDED]")
	assert.NotContains(t, parts["text/html"], ">Resolved</h2>", "the subject says so")
}

func withUnixNewlines(text string) string {
	return string(bytes.ReplaceAll([]byte(text), []byte("\r\n"), []byte("\n")))
}

func TestEmailEscapesTextFromFlowLogs(t *testing.T) {
	p := newMailServer(t)
	r := start(t, noQueue+emailConfig(p))
	evil := alerttest.PortScan("a", "203.0.113.7")
	evil.Title = "x\r\nBcc: evil@example.com\r\n\r\n<script>"
	evil.Body = "<script>alert(1)</script><img src=x onerror=y>"
	evil.Samples = []alert.Sample{{Raw: "</pre><script>"}}
	evil.Technique.ID = "javascript:alert(1)"
	require.NoError(t, r.send(evil))
	emails := p.takeEmails()
	require.Len(t, emails, 1)
	assert.Len(t, emails[0].to, 2)
	message, err := mail.ReadMessage(bytes.NewReader(emails[0].text))
	require.NoError(t, err)
	assert.Empty(t, message.Header.Get("Bcc"))
	_, parts := emails[0].parse(t)
	for _, bad := range []string{"<script", "<img", `href="javascript`, "</pre><"} {
		assert.NotContains(t, parts["text/html"], bad)
	}
	assert.Contains(t, parts["text/html"], "&lt;script&gt;alert(1)&lt;/script&gt;")
}

func TestMailServerReplyDecidesRetry(t *testing.T) {
	p := newMailServer(t)
	r := start(t, noQueue+emailConfig(p))
	p.rejectWith(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"})
	err := r.send(alerttest.PortScan("a", "203.0.113.7"))
	require.ErrorContains(t, err, "later")
	assert.False(t, consumererror.IsPermanent(err))
	p.rejectWith(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here"})
	err = r.send(alerttest.PortScan("a", "203.0.113.7"))
	require.ErrorContains(t, err, "nobody here")
	assert.True(t, consumererror.IsPermanent(err))
	assert.Equal(t, map[string]int64{"email_0 failed other": 1, "email_0 refused clientError": 1}, r.metric("vpc_flow.notifier.notifications"))
}

func TestEmailIsDeliveredAfterAnOutage(t *testing.T) {
	p := newMailServer(t)
	p.rejectWith(&smtp.SMTPError{Code: 421, Message: "closed"})
	r := start(t, shortWaits+emailConfig(p))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	require.Eventually(t, func() bool { return sum(r.metric("vpc_flow.notifier.notifications"), "failed") > 2 }, waitLimit, pollInterval)
	p.rejectWith(nil)
	require.Eventually(t, func() bool { return sum(r.metric("vpc_flow.notifier.notifications"), "sent") == 1 }, waitLimit, pollInterval)
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Len(t, p.takeEmails(), 1)
}

// The integration ignores its timeout once it is connected.
func TestSilentMailServerBlocksOneGoroutine(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var connections []net.Conn
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			connections = append(connections, c)
		}
	}()
	r := start(t, noQueue+"timeout: 10ms\n"+emailConfig(&mailServer{address: listener.Addr().String()}))
	for range 3 {
		err := r.send(alerttest.PortScan("a", "203.0.113.7"))
		require.Error(t, err)
		assert.False(t, consumererror.IsPermanent(err))
	}
	require.NoError(t, listener.Close())
	<-ended
	assert.Len(t, connections, 1)
	for _, c := range connections {
		require.NoError(t, c.Close())
	}
	require.Eventually(t, func() bool { return r.send(alerttest.PortScan("a", "203.0.113.7")) != nil }, time.Second, pollInterval)
	assert.Equal(t, int64(3), r.metric("vpc_flow.notifier.notifications")["email_0 failed contextDeadlineExceeded"])
}

// headers returns the headers of e-mails that make threads.
func headers(t *testing.T, emails []email) (list []string) {
	t.Helper()
	for _, e := range emails {
		message, err := mail.ReadMessage(bytes.NewReader(e.text))
		require.NoError(t, err)
		id := message.Header.Get("Message-Id")
		require.NotEmpty(t, id)
		assert.Equal(t, message.Header.Get("In-Reply-To"), message.Header.Get("References"))
		if parent := message.Header.Get("In-Reply-To"); parent != "" {
			assert.NotEqual(t, parent, id)
			list = append(list, "reply to "+parent)
		} else {
			list = append(list, id)
		}
	}
	return list
}

func TestEmailsOfAnEpisodeAreAThread(t *testing.T) {
	p := newMailServer(t)
	r := start(t, noQueue+emailConfig(p))
	a, b := alerttest.PortScan("aa", "203.0.113.7"), alerttest.PortScan("bb", "203.0.113.7")
	require.NoError(t, r.send(a, b)) // one e-mail
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.WithSeverity(alert.Critical, a))))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, b)))
	require.NoError(t, r.send(alerttest.PortScan("cc", "203.0.113.8")))
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.PortScan("dd", "203.0.113.9")))) // begun before a restart
	require.NoError(t, r.send(alerttest.PortScan("{{ evil }}>", "203.0.113.10")))
	assert.Equal(t, []string{
		"<aa@example.com>", "reply to <aa@example.com>", "reply to <aa@example.com>", "<cc@example.com>", "reply to <dd@example.com>",
		"<dbef6a42c64710e59f250438f26ffa8e@example.com>",
	}, headers(t, p.takeEmails()))
}

func TestConfiguredEmailThreadsAreKept(t *testing.T) {
	for name, setting := range map[string]string{
		"threading":    "threading: {enabled: true, thread_by_date: none}",
		"own headers":  "headers: {References: '<own@example.com>', In-Reply-To: '<own@example.com>'}",
		"own subjects": "headers: {Subject: hello}",
	} {
		t.Run(name, func(t *testing.T) {
			p := newMailServer(t)
			r := start(t, noQueue+strings.ReplaceAll(emailConfig(p), "send_resolved: true", "send_resolved: true, "+setting))
			require.NoError(t, r.send(alerttest.PortScan("aa", "203.0.113.7")))
			got := headers(t, p.takeEmails())
			require.Len(t, got, 1)
			assert.Equal(t, name == "own subjects", got[0] == "<aa@example.com>", got[0])
		})
	}
}

func TestSequenceEmailLinksItsAlerts(t *testing.T) {
	p := newMailServer(t)
	r := start(t, noQueue+"external_url: http://dashboard:8765\n"+emailConfig(p))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), sequence()))
	emails := p.takeEmails()
	require.Len(t, emails, 2)
	_, parts := emails[1].parse(t)
	assert.Contains(t, parts["text/html"], `<li><a href="http://dashboard:8765/alerts/a">203.0.113.7 tried 20 ports of internal hosts in 19 s.</a></li>`)
	assert.Contains(t, withUnixNewlines(parts["text/plain"]), "Alerts of the sequence:\n- 203.0.113.7 tried 20 ports of internal hosts in 19 s. http://dashboard:8765/alerts/a\n"+
		"- alert 01234567 http://dashboard:8765/alerts/0123456789abcdef\n")
}
