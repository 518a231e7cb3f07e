// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	amreceiver "github.com/prometheus/alertmanager/config/receiver"
	"github.com/prometheus/alertmanager/notify"
	commoncfg "github.com/prometheus/common/config"
	"go.opentelemetry.io/collector/exporter"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alertmanager"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/integration"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/ocsfwebhook"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/receiverconfig"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/render"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/securityhub"
)

// newDestinations returns all destinations of the configuration.
func newDestinations(ctx context.Context, set exporter.Settings, cfg *Config, sys system, t *telemetry) ([]*destination, error) {
	integrations, err := newIntegrations(cfg, sys, t)
	if err != nil {
		return nil, err
	}
	specs := integrations
	if cfg.Alertmanager.HasValue() {
		specs = append([]destinationSpec{newAlertmanager(set, cfg, sys, t)}, integrations...)
	}
	if cfg.SecurityHub.HasValue() {
		specs = append(specs, newSecurityHub(cfg, sys, t))
	}
	if cfg.OCSFWebhook.HasValue() {
		specs = append(specs, newOCSFWebhook(set, cfg, sys, t))
	}
	var destinations []*destination
	for _, spec := range specs {
		spec.countUnsent, spec.countStorageError = t.unsentCounter(spec.name), t.storageErrorCounter(spec.name)
		d, err := newDestination(ctx, set, cfg, sys, spec)
		if err != nil {
			return nil, err
		}
		destinations = append(destinations, d)
	}
	return destinations, nil
}

func newAlertmanager(set exporter.Settings, cfg *Config, sys system, t *telemetry) destinationSpec {
	const name = "alertmanager"
	am := cfg.Alertmanager.Get()
	log := notificationlog.New(cfg.MaxEpisodes)
	return destinationSpec{name: name, tickInterval: am.ResendInterval, log: log, sender: &alertmanager.Client{
		HTTP:           am.ClientConfig,
		ResolveTimeout: am.ResolveTimeout,
		Timeout:        cfg.Timeout,
		EpisodeTimeout: cfg.EpisodeTimeout,
		Log:            log,
		ExternalURL:    cfg.ExternalURL,
		Now:            sys.now,
		Count:          t.notificationCounter(name),
		Telemetry:      set.TelemetrySettings,
	}}
}

func newSecurityHub(cfg *Config, sys system, t *telemetry) destinationSpec {
	const name = "security_hub"
	hub := cfg.SecurityHub.Get()
	log := notificationlog.New(cfg.MaxEpisodes)
	return destinationSpec{name: name, tickInterval: time.Minute, log: log, sender: &securityhub.Client{
		Account:        string(hub.Account),
		Region:         hub.Region,
		RoleARN:        hub.RoleARN,
		ExternalID:     hub.ExternalID,
		Endpoint:       hub.Endpoint,
		Timeout:        cfg.Timeout,
		EpisodeTimeout: cfg.EpisodeTimeout,
		Log:            log,
		ExternalURL:    cfg.ExternalURL,
		Now:            sys.now,
		Count:          t.notificationCounter(name),
	}}
}

func newOCSFWebhook(set exporter.Settings, cfg *Config, sys system, t *telemetry) destinationSpec {
	const name = "ocsf_webhook"
	log := notificationlog.New(cfg.MaxEpisodes)
	return destinationSpec{name: name, tickInterval: time.Minute, log: log, sender: &ocsfwebhook.Client{
		HTTP:           *cfg.OCSFWebhook.Get(),
		Timeout:        cfg.Timeout,
		EpisodeTimeout: cfg.EpisodeTimeout,
		Log:            log,
		Now:            sys.now,
		Count:          t.notificationCounter(name),
		Telemetry:      set.TelemetrySettings,
	}}
}

func newIntegrations(cfg *Config, sys system, t *telemetry) (specs []destinationSpec, err error) {
	if len(cfg.receivers.Receivers) == 0 {
		return nil, nil
	}
	receiver := &cfg.receivers.Receivers[0]
	templates, err := render.Load(cfg.Templates, cfg.ExternalURL)
	if err != nil {
		return nil, err
	}
	redactor := receiverconfig.NewRedactor(cfg.receivers)
	// The integrations log the same errors that they return, with secrets. HTTP/2 is off because Dial needs HTTP/1.
	integrations, err := amreceiver.BuildReceiverIntegrations(*receiver, templates, slog.New(slog.DiscardHandler),
		commoncfg.WithDialContextFunc(integration.Dial), commoncfg.WithHTTP2Disabled())
	if err != nil {
		return nil, fmt.Errorf("create integrations: %w", redactor.Error(err))
	}
	for i := range integrations {
		to := &integrations[i]
		name := fmt.Sprintf("%s_%d", to.Name(), to.Index())
		key := fmt.Sprintf("%s_configs[%d]", to.Name(), to.Index())
		settings := receiverconfig.Settings(receiver, to.Name(), to.Index())
		messages := integration.NewMessages(templates, to.Name(), settings)
		if err := messages.Check(to.SendResolved()); err != nil {
			return nil, fmt.Errorf("%s: %w", key, redactor.Error(err))
		}
		log := notificationlog.New(cfg.MaxEpisodes)
		var notifier notify.Notifier = to
		if to.Name() == "email" {
			notifier = integration.NewMailThreads(receiver.EmailConfigs[to.Index()], templates)
		}
		specs = append(specs, destinationSpec{name: name, tickInterval: cfg.RateLimit.Period, log: log, sender: &integration.Integration{
			Sender: integration.Sender{
				Notifier:     notifier,
				Host:         receiverconfig.Host(receiver, to.Name(), to.Index()),
				Messages:     messages,
				Timeout:      cfg.Timeout,
				ThrottleWait: sys.throttleWait,
				Redactor:     redactor,
				Count:        t.notificationCounter(name),
			},
			Key:             key,
			Files:           receiverconfig.FileSettings(settings),
			SendResolved:    to.SendResolved(),
			Log:             log,
			RateLimit:       integration.RateLimit(cfg.RateLimit),
			RepeatInterval:  cfg.RepeatInterval,
			EpisodeTimeout:  cfg.EpisodeTimeout,
			ExternalURL:     cfg.ExternalURL,
			UpdatesMessages: to.Name() == "slack" && receiver.SlackConfigs[to.Index()].UpdateMessage,
			Now:             sys.now,
			CountSuppressed: t.suppressedCounter(name),
		}})
	}
	return specs, nil
}
