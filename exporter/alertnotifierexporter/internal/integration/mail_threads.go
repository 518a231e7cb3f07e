// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"net/mail"
	"regexp"
	"strings"

	amalert "github.com/prometheus/alertmanager/alert"
	amconfig "github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/notify/email"
	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// mailThread says which thread an e-mail belongs to.
type mailThread struct {
	root  string // the UID of the episode that begins the thread
	first bool   // the e-mail begins the thread
}

type mailThreadKey struct{}

// withMailThread adds the thread of a notification about the given episodes to the context. An e-mail begins a thread only
// if its alert opens the episode: a second message with the same Message-ID might be dropped as a duplicate.
func withMailThread(ctx context.Context, about []*episode.Episode) context.Context {
	if len(about) == 0 {
		return ctx
	}
	first := about[0]
	return context.WithValue(ctx, mailThreadKey{}, mailThread{
		root:  episode.ConversationOf(about).Root,
		first: first.Root == "" && first.NotifiedAt.IsZero() && first.Alert.Status == alert.Opened,
	})
}

// MailThreads is Alertmanager's e-mail integration with headers that make the e-mails of an episode one thread. The
// integration has no such headers for single notifications, so each one has an integration of its own.
type MailThreads struct {
	config   *amconfig.EmailConfig
	template *template.Template
	domain   string
}

// NewMailThreads returns an e-mail integration with threads. It keeps the user's own headers.
func NewMailThreads(config *amconfig.EmailConfig, t *template.Template) *MailThreads {
	return &MailThreads{config: config, template: t, domain: domainOf(config.From)}
}

// Notify sends an e-mail.
func (m *MailThreads) Notify(ctx context.Context, alerts ...*amalert.Alert) (retry bool, err error) {
	config := *m.config
	config.Headers = maps.Clone(config.Headers)
	if config.Headers == nil {
		config.Headers = map[string]string{}
	}
	if thread, ok := ctx.Value(mailThreadKey{}).(mailThread); ok && !m.hasOwnThreads() {
		id := "<" + messageID(thread.root) + "@" + m.domain + ">"
		if thread.first {
			config.Headers["Message-Id"] = id
		} else {
			config.Headers["In-Reply-To"], config.Headers["References"] = id, id
		}
	}
	return email.New(&config, m.template, slog.New(slog.DiscardHandler)).Notify(ctx, alerts...)
}

// hasOwnThreads reports whether the user has configured the threads.
func (m *MailThreads) hasOwnThreads() bool {
	if m.config.Threading.Enabled {
		return true
	}
	for _, name := range []string{"Message-Id", "In-Reply-To", "References"} {
		if _, given := m.config.Headers[name]; given {
			return true
		}
	}
	return false
}

var plainID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// messageID returns a text for a Message-ID. A UID of another detector may have characters that are not allowed there, or
// that are a template.
func messageID(uid string) string {
	if plainID.MatchString(uid) {
		return uid
	}
	sum := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(sum[:16])
}

var plainDomain = regexp.MustCompile(`^[0-9A-Za-z.-]+$`)

// domainOf returns the domain of the sender, which makes Message-IDs unique.
func domainOf(from string) string {
	const unknown = "otelcol-vpcflow.invalid"
	address, err := mail.ParseAddress(from)
	if err != nil {
		return unknown
	}
	domain := address.Address[strings.LastIndex(address.Address, "@")+1:]
	if !plainDomain.MatchString(domain) {
		return unknown
	}
	return domain
}

var _ notify.Notifier = (*MailThreads)(nil)
