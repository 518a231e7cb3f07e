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
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// post is a mail server that takes down what it is sent.
type post struct {
	address string

	mu     sync.Mutex
	mails  []letter
	refuse error
}

type letter struct {
	from string
	to   []string
	text []byte
}

func deliver(t *testing.T) *post {
	t.Helper()
	p := new(post)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{post: p}, nil }))
	server.Domain = "localhost"
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		<-ended
	})
	return p
}

func (p *post) got() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	mails := p.mails
	p.mails = nil
	return mails
}

func (p *post) refuses(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = err
}

type session struct {
	post *post
	letter
}

func (s *session) Reset()        { s.letter = letter{} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.to = append(s.to, to)
	return s.post.refuse
}

func (s *session) Data(r io.Reader) (err error) {
	if s.text, err = io.ReadAll(r); err != nil {
		return err
	}
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.mails = append(s.post.mails, s.letter)
	return nil
}

func email(p *post) string {
	return "global: {smtp_smarthost: '" + p.address + "', smtp_from: flows@example.com, smtp_require_tls: false}\n" +
		"email_configs: [{to: 'security@example.com, oncall@example.com', send_resolved: true}]\n"
}

// read returns the subject of a mail and its parts by their type.
func (l letter) read(t *testing.T) (subject string, parts map[string]string) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(l.text))
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

func TestMailSaysWhatHappenedInTextAndHTML(t *testing.T) {
	p := deliver(t)
	r := start(t, atOnce+email(p))
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	mails := p.got()
	require.Len(t, mails, 1)
	assert.Equal(t, "flows@example.com", mails[0].from)
	assert.Equal(t, []string{"security@example.com", "oncall@example.com"}, mails[0].to)
	subject, parts := mails[0].read(t)
	assert.Equal(t, "[HIGH] Potential Port Scanning Detected (External to Internal) from 203.0.113.7", subject)
	assert.Equal(t, "203.0.113.7 tried 20 ports of internal hosts in 19 s.\n"+
		"How much: 20 ports within 10 min (threshold 20). Evidence: 20 flows, 20 packets, 1,200 bytes from 2025-01-15 00:00:00 UTC to 2025-01-15 00:00:19 UTC.\n"+
		"Destinations: 10.0.1.11, 10.0.1.10\nPorts: 2019, 2018\nCountries: from DE\n"+
		"Where: account 123456789012, eu-west-1, vpc-1, eni-1\nMITRE ATT&CK: TA0043 Reconnaissance, T1595 Active Scanning, T1046\n"+
		"Why it matters: Whoever scans learns what can be reached.\nWhat to do: Close what need not be open.\n"+
		"Evidence:\n203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 60 2025-01-15 00:00:19 UTC eni-1\nMore: https://attack.mitre.org/techniques/T1595/\n\n",
		unix(parts["text/plain"]))
	assert.Contains(t, parts["text/html"], "<th style=\"vertical-align: top; white-space: nowrap\">What to do</th><td>Close what need not be open.</td>")
	assert.Contains(t, parts["text/html"], "203.0.113.7:50009 &gt; 10.0.1.11:2019")
	assert.Contains(t, parts["text/html"], `<a href="https://attack.mitre.org/techniques/T1595/">`)

	require.NoError(t, r.tell(as(alert.Resolved, scan("a", "203.0.113.7"))))
	subject, parts = p.got()[0].read(t)
	assert.Contains(t, subject, "[RESOLVED]")
	assert.Contains(t, parts["text/html"], ">Resolved</h2>")
}

func unix(text string) string {
	return string(bytes.ReplaceAll([]byte(text), []byte("\r\n"), []byte("\n")))
}

func TestMailTakesNothingInAFlowLogForMarkupOrHeaders(t *testing.T) {
	p := deliver(t)
	r := start(t, atOnce+email(p))
	evil := scan("a", "203.0.113.7")
	evil.Title = "x\r\nBcc: evil@example.com\r\n\r\n<script>"
	evil.Body = "<script>alert(1)</script><img src=x onerror=y>"
	evil.Samples = []alert.Sample{{Raw: "</pre><script>"}}
	evil.Technique.ID = "javascript:alert(1)"
	require.NoError(t, r.tell(evil))
	mails := p.got()
	require.Len(t, mails, 1)
	assert.Len(t, mails[0].to, 2)
	message, err := mail.ReadMessage(bytes.NewReader(mails[0].text))
	require.NoError(t, err)
	assert.Empty(t, message.Header.Get("Bcc"))
	_, parts := mails[0].read(t)
	for _, bad := range []string{"<script", "<img", `href="javascript`, "</pre><"} {
		assert.NotContains(t, parts["text/html"], bad)
	}
	assert.Contains(t, parts["text/html"], "&lt;script&gt;alert(1)&lt;/script&gt;")
}

func TestWhatTheReplyOfAMailServerMeans(t *testing.T) {
	p := deliver(t)
	r := start(t, atOnce+email(p))
	p.refuses(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"})
	err := r.tell(scan("a", "203.0.113.7"))
	require.ErrorContains(t, err, "later")
	assert.False(t, consumererror.IsPermanent(err))
	p.refuses(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody here"})
	err = r.tell(scan("a", "203.0.113.7"))
	require.ErrorContains(t, err, "nobody here")
	assert.True(t, consumererror.IsPermanent(err))
	assert.Equal(t, map[string]int64{"email_0 failed other": 1, "email_0 refused clientError": 1}, r.metric("vpc_flow.notifier.notifications"))
}

func TestMailIsNotLostWhileTheServerIsDown(t *testing.T) {
	p := deliver(t)
	p.refuses(&smtp.SMTPError{Code: 421, Message: "closed"})
	r := start(t, quick+email(p))
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	require.Eventually(t, func() bool { return sum(r.metric("vpc_flow.notifier.notifications"), "failed") > 2 }, patience, moment)
	p.refuses(nil)
	require.Eventually(t, func() bool { return sum(r.metric("vpc_flow.notifier.notifications"), "sent") == 1 }, patience, moment)
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Len(t, p.got(), 1)
}

// A mail server that accepts the connection and says nothing is beyond the time-out of the integration.
func TestAMailServerThatSaysNothingIsLeftBehindOnce(t *testing.T) {
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
	r := start(t, atOnce+"timeout: 10ms\n"+email(&post{address: listener.Addr().String()}))
	for range 3 {
		err := r.tell(scan("a", "203.0.113.7"))
		require.Error(t, err)
		assert.False(t, consumererror.IsPermanent(err))
	}
	require.NoError(t, listener.Close())
	<-ended
	assert.Len(t, connections, 1)
	for _, c := range connections {
		require.NoError(t, c.Close())
	}
	require.Eventually(t, func() bool { return r.tell(scan("a", "203.0.113.7")) != nil }, time.Second, moment)
	assert.Equal(t, int64(3), r.metric("vpc_flow.notifier.notifications")["email_0 failed contextDeadlineExceeded"])
}
