// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/alertmanager/config/receiver"
	commoncfg "github.com/prometheus/common/config"
	"go.opentelemetry.io/collector/exporter"
)

// tellersOf makes one for each destination of the configuration.
func tellersOf(set exporter.Settings, cfg *Config, sys surroundings, t *telemetry) (tellers []told, err error) {
	if cfg.Alertmanager.HasValue() {
		am := *cfg.Alertmanager.Get()
		book := newLedger(cfg.MaxEpisodes)
		const name = "alertmanager"
		tellers = append(tellers, told{name: name, every: am.ResendInterval, ledger: book, teller: &poster{
			Alertmanager: am, timeout: cfg.Timeout, silence: cfg.EpisodeTimeout, ledger: book, external: cfg.ExternalURL,
			now: sys.now, count: t.counting(name), telemetry: set.TelemetrySettings,
		}})
	}
	if len(cfg.block.Receivers) == 0 {
		return tellers, nil
	}
	templates, err := loadTemplates(cfg.Templates, cfg.ExternalURL)
	if err != nil {
		return nil, err
	}
	secrets := newRedactor(cfg.block)
	// The integrations log what their errors say as well, with whatever is in it. HTTP/2 would have many answers in one connection.
	integrations, err := receiver.BuildReceiverIntegrations(cfg.block.Receivers[0], templates, slog.New(slog.DiscardHandler),
		commoncfg.WithDialContextFunc(dial), commoncfg.WithHTTP2Disabled())
	if err != nil {
		return nil, fmt.Errorf("receivers: %s", secrets.redact(err.Error()))
	}
	for i := range integrations {
		to := &integrations[i]
		name := fmt.Sprintf("%s_%d", to.Name(), to.Index())
		key := fmt.Sprintf("%s_configs[%d]", to.Name(), to.Index())
		settings := settingsOf(&cfg.block.Receivers[0], to.Name(), to.Index())
		own := wordingOf(templates, to.Name(), settings)
		if err := own.tryExample(to.SendResolved()); err != nil {
			return nil, fmt.Errorf("%s: %s", key, secrets.redact(err.Error()))
		}
		book := newLedger(cfg.MaxEpisodes)
		tellers = append(tellers, told{name: name, every: cfg.RateLimit.Period, ledger: book, teller: &messenger{
			call: call{to: to, wording: own, timeout: cfg.Timeout, throttled: sys.throttled, secrets: secrets, count: t.counting(name)},
			name: name, key: key, files: filesOf(settings), sendResolved: to.SendResolved(), ledger: book, limit: &limit{RateLimit: cfg.RateLimit},
			repeat: cfg.RepeatInterval, silence: cfg.EpisodeTimeout, external: cfg.ExternalURL, now: sys.now, telemetry: t,
		}})
	}
	return tellers, nil
}

// counting counts the attempts to tell one destination.
func (t *telemetry) counting(destination string) func(ctx context.Context, outcome, reason string) {
	return func(ctx context.Context, outcome, reason string) {
		t.notifications.Add(ctx, 1, with("destination", destination, "outcome", outcome, "reason", reason))
	}
}
