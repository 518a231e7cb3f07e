// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	amconfig "github.com/prometheus/alertmanager/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// Config is the configuration of the exporter. Besides these keys it takes those of a receiver of Prometheus
// Alertmanager, slack_configs and the like, and Alertmanager's global block.
type Config struct {
	// Alertmanager posts alerts to the API of an Alertmanager. Without an endpoint nothing is posted.
	Alertmanager configoptional.Optional[Alertmanager] `mapstructure:"alertmanager"`
	// Console writes a line per alert to the standard output.
	Console bool `mapstructure:"console"`

	// MinSeverity is the least severity of an alert that is told. Empty means all.
	MinSeverity alert.Severity `mapstructure:"min_severity"`
	// Rules are the ids of the rules whose alerts are told. Empty means all.
	Rules []string `mapstructure:"rules"`
	// ExcludeRules are the ids of rules whose alerts are not told.
	ExcludeRules []string `mapstructure:"exclude_rules"`

	// GroupWait is how long alerts are gathered, so that those of one rule and source make one notification. Zero means
	// that each batch is told as it comes.
	GroupWait time.Duration `mapstructure:"group_wait"`
	// RepeatInterval is how long after a notification an episode that goes on is told again, when the processor sends an
	// update of it. Zero means never; a severity that has risen is told at once.
	RepeatInterval time.Duration `mapstructure:"repeat_interval"`
	// EpisodeTimeout is how long after its newest alert an episode counts as ended, if no alert says so. It is longer than
	// the repeat_interval of vpc_detection, which says in that interval that an episode goes on. Zero means never.
	EpisodeTimeout time.Duration `mapstructure:"episode_timeout"`
	// RateLimit bounds the notifications to each destination. It does not hold for Alertmanager.
	RateLimit RateLimit `mapstructure:"rate_limit"`
	// MaxEpisodes bounds the episodes that each destination remembers; beyond it the oldest go, ended ones first.
	MaxEpisodes int `mapstructure:"max_episodes"`

	// Templates are paths or globs of files with Go templates for slack_configs and the like, as in Alertmanager.
	Templates []string `mapstructure:"templates"`
	// ExternalURL is the address under which people reach vpc_dashboard. Alerts link to it, or to MITRE ATT&CK without it.
	ExternalURL string `mapstructure:"external_url"`

	// Storage is the storage extension that keeps over a restart what has been told, and the queues unless these name
	// another. Without it both are lost.
	Storage *component.ID `mapstructure:"storage"`
	// Timeout is how long one notification may take.
	Timeout time.Duration `mapstructure:"timeout"`
	// Queue holds for each destination the alerts that have not been told.
	Queue configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	// Retry says how often and how long a notification that failed is tried again.
	Retry configretry.BackOffConfig `mapstructure:"retry_on_failure"`

	// block is what was given in Alertmanager's own keys.
	block *amconfig.Config
}

// Alertmanager says where an Alertmanager is, and how alerts are kept alive there.
type Alertmanager struct {
	confighttp.ClientConfig `mapstructure:",squash"`
	// ResendInterval is how often an open episode is sent again, at least 1s.
	ResendInterval time.Duration `mapstructure:"resend_interval"`
	// ResolveTimeout is how long after it was last sent an episode counts as resolved. It is longer than ResendInterval.
	ResolveTimeout time.Duration `mapstructure:"resolve_timeout"`
}

// RateLimit bounds how often somebody is told.
type RateLimit struct {
	// Notifications is how many are sent in each period. What more there is, is held back, and summed up when the period
	// ends. Zero means no limit.
	Notifications int `mapstructure:"notifications"`
	// Period is at least 1s.
	Period time.Duration `mapstructure:"period"`
}

func createDefaultConfig() component.Config {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.NumConsumers = 1
	retry := configretry.NewDefaultBackOffConfig()
	retry.MaxElapsedTime = 12 * time.Hour
	return &Config{
		Alertmanager: configoptional.Default(Alertmanager{
			ClientConfig:   confighttp.NewDefaultClientConfig(),
			ResendInterval: time.Minute,
			ResolveTimeout: 5 * time.Minute,
		}),
		GroupWait:      10 * time.Second,
		RepeatInterval: 4 * time.Hour,
		EpisodeTimeout: 25 * time.Hour,
		RateLimit:      RateLimit{Notifications: 30, Period: time.Minute},
		MaxEpisodes:    10_000,
		Timeout:        10 * time.Second,
		Queue:          configoptional.Some(queue),
		Retry:          retry,
		block:          new(amconfig.Config),
	}
}

// Validate names every mistake by its YAML key.
func (c *Config) Validate() error {
	wrong := []error{
		knownRules("rules", c.Rules),
		knownRules("exclude_rules", c.ExcludeRules),
		atLeast("group_wait", c.GroupWait, time.Millisecond, true),
		atLeast("repeat_interval", c.RepeatInterval, time.Second, true),
		atLeast("episode_timeout", c.EpisodeTimeout, time.Second, true),
		atLeast("timeout", c.Timeout, time.Millisecond, false),
		atLeast("rate_limit::period", c.RateLimit.Period, time.Second, false),
		c.validateAlertmanager(),
		c.validateQueue(),
	}
	if c.RateLimit.Notifications < 0 {
		wrong = append(wrong, fmt.Errorf("rate_limit::notifications: %d is less than 0", c.RateLimit.Notifications))
	}
	if c.MaxEpisodes < 1 {
		wrong = append(wrong, fmt.Errorf("max_episodes: %d is less than 1", c.MaxEpisodes))
	}
	if at, err := url.Parse(c.ExternalURL); err != nil || c.ExternalURL != "" && (at.Host == "" || !strings.HasPrefix(at.Scheme, "http")) {
		wrong = append(wrong, fmt.Errorf("external_url: %q is not a URL such as http://localhost:8765", shownURL(c.ExternalURL)))
	}
	if !c.Console && !c.Alertmanager.HasValue() && len(c.block.Receivers) == 0 {
		wrong = append(wrong, errors.New("nobody is told: give slack_configs or another of Alertmanager's receivers, alertmanager, or console: true"))
	}
	return errors.Join(wrong...)
}

func (c *Config) validateAlertmanager() error {
	if !c.Alertmanager.HasValue() {
		return nil
	}
	am := c.Alertmanager.Get()
	var wrong []error
	if at, err := url.Parse(am.Endpoint); err != nil || at.Host == "" || !strings.HasPrefix(at.Scheme, "http") {
		wrong = append(wrong, fmt.Errorf("alertmanager::endpoint: %q is not a URL such as http://alertmanager:9093", shownURL(am.Endpoint)))
	}
	wrong = append(wrong, atLeast("alertmanager::resend_interval", am.ResendInterval, time.Second, false))
	if am.ResolveTimeout <= am.ResendInterval {
		wrong = append(wrong, fmt.Errorf("alertmanager::resolve_timeout: %v is not longer than resend_interval, %v", am.ResolveTimeout, am.ResendInterval))
	}
	return errors.Join(wrong...)
}

func (c *Config) validateQueue() error {
	if !c.Queue.HasValue() {
		if c.Storage != nil {
			return errors.New("sending_queue: must be on where there is a storage: alerts wait there for group_wait")
		}
		return nil
	}
	queue := c.Queue.Get()
	var wrong []error
	if queue.NumConsumers != 1 {
		wrong = append(wrong, fmt.Errorf("sending_queue::num_consumers: %d is not 1: the end of an episode is told after its beginning", queue.NumConsumers))
	}
	if queue.Batch.HasValue() {
		wrong = append(wrong, errors.New("sending_queue::batch: is set by group_wait"))
	}
	return errors.Join(wrong...)
}

// atLeast finds durations that are too short, and with them those that were given without a unit.
func atLeast(key string, d, least time.Duration, orZero bool) error {
	if d >= least || d == 0 && orZero {
		return nil
	}
	return fmt.Errorf("%s: %v is less than %v; a duration needs a unit, as in 30s", key, d, least)
}

func knownRules(key string, ids []string) error {
	var wrong []error
	for i, id := range ids {
		if detect.Find(id) == nil {
			wrong = append(wrong, fmt.Errorf("%s[%d]: there is no rule %q", key, i, id))
		}
	}
	return errors.Join(wrong...)
}
