// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	amconfig "github.com/prometheus/alertmanager/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/securityhub"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// Config is the configuration of the exporter. It also has the keys of an Alertmanager receiver, such as slack_configs,
// and Alertmanager's global block.
type Config struct {
	// Alertmanager configures an Alertmanager to post alerts to. Without an endpoint nothing is posted.
	Alertmanager configoptional.Optional[Alertmanager] `mapstructure:"alertmanager"`
	// SecurityHub configures AWS Security Hub, which receives a finding for each episode. Without it nothing is imported.
	SecurityHub configoptional.Optional[SecurityHub] `mapstructure:"security_hub"`
	// OCSFWebhook configures a webhook that receives alerts as OCSF Detection Findings. Without an endpoint nothing is posted.
	OCSFWebhook configoptional.Optional[confighttp.ClientConfig] `mapstructure:"ocsf_webhook"`
	// Console prints one line per alert to the standard output.
	Console bool `mapstructure:"console"`

	// MinSeverity is the lowest severity of alerts that are sent. Empty means all.
	MinSeverity alert.Severity `mapstructure:"min_severity"`
	// Rules are the IDs of the rules whose alerts are sent. Empty means all.
	Rules []string `mapstructure:"rules"`
	// ExcludeRules are the IDs of rules whose alerts are not sent.
	ExcludeRules []string `mapstructure:"exclude_rules"`

	// GroupWait is how long to wait for more alerts of the same rule and source. They become one notification. Zero means
	// that each batch is sent immediately.
	GroupWait time.Duration `mapstructure:"group_wait"`
	// RepeatInterval is the minimum time between two notifications of an open episode. Zero means that updates are not
	// sent. An update with a higher severity is always sent.
	RepeatInterval time.Duration `mapstructure:"repeat_interval"`
	// EpisodeTimeout is the time without alerts after which an open episode ends. It must be longer than the
	// repeat_interval of vpc_detection, at which updates of an open episode arrive. Zero means never.
	EpisodeTimeout time.Duration `mapstructure:"episode_timeout"`
	// RateLimit bounds the notifications to each destination, except to Alertmanager, AWS Security Hub and the OCSF webhook.
	RateLimit RateLimit `mapstructure:"rate_limit"`
	// MaxEpisodes is the maximum number of episodes in each notification log. Ended episodes are evicted first, then
	// the oldest.
	MaxEpisodes int `mapstructure:"max_episodes"`

	// Templates are paths or globs of Go template files for the receivers, as in Alertmanager.
	Templates []string `mapstructure:"templates"`
	// ExternalURL is the public URL of vpc_dashboard. Alerts link to it, or to MITRE ATT&CK if it is empty.
	ExternalURL string `mapstructure:"external_url"`

	// Storage is the storage extension for the notification logs, and for the queues unless sending_queue::storage names
	// another one. Without a storage, a restart loses both.
	Storage *component.ID `mapstructure:"storage"`
	// Timeout is the maximum duration of one attempt to notify.
	Timeout time.Duration `mapstructure:"timeout"`
	// Queue configures the queue of each destination.
	Queue configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	// Retry configures the retries of a failed notification.
	Retry configretry.BackOffConfig `mapstructure:"retry_on_failure"`

	// receivers holds Alertmanager's own keys. It has one receiver or none.
	receivers *amconfig.Config
}

// Alertmanager configures an Alertmanager, and how alerts stay open there.
type Alertmanager struct {
	confighttp.ClientConfig `mapstructure:",squash"`
	// ResendInterval is how often an open episode is posted again, at least 1s.
	ResendInterval time.Duration `mapstructure:"resend_interval"`
	// ResolveTimeout is the time after the last post at which an alert ends. It must be longer than ResendInterval.
	ResolveTimeout time.Duration `mapstructure:"resolve_timeout"`
}

// SecurityHub says which AWS Security Hub receives the findings, and with which credentials.
type SecurityHub struct {
	// Account is the account whose Security Hub receives all findings. Empty means the account of each alert, for which
	// RoleARN must contain {account}.
	Account configtype.Account `mapstructure:"account"`
	// Region is the region of the Security Hub. Empty means the region of each alert.
	Region string `mapstructure:"region"`
	// RoleARN is an IAM role to assume, in which {account} stands for the account that receives the finding. Empty uses
	// the credentials that the AWS SDK finds.
	RoleARN string `mapstructure:"role_arn"`
	// ExternalID is the sts:ExternalId that the trust policy of the role requires. Empty sends none.
	ExternalID string `mapstructure:"external_id"`
	// Endpoint is the URL of a VPC endpoint. Empty uses AWS.
	Endpoint string `mapstructure:"endpoint"`
}

// RateLimit bounds the notifications to one destination.
type RateLimit struct {
	// Notifications is the maximum per period. Further alerts are suppressed, and summarized at the end of the period. Zero
	// means no limit.
	Notifications int `mapstructure:"notifications"`
	// Period is the length of a period, at least 1s.
	Period time.Duration `mapstructure:"period"`
}

func createDefaultConfig() component.Config {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.NumConsumers = 1
	queue.Sizer, queue.QueueSize = exporterhelper.RequestSizerTypeBytes, defaultQueueSize
	retry := configretry.NewDefaultBackOffConfig()
	retry.MaxElapsedTime = 12 * time.Hour
	return &Config{
		Alertmanager: configoptional.Default(Alertmanager{
			ClientConfig:   confighttp.NewDefaultClientConfig(),
			ResendInterval: time.Minute,
			ResolveTimeout: 5 * time.Minute,
		}),
		SecurityHub:    configoptional.Default(SecurityHub{}),
		OCSFWebhook:    configoptional.Default(confighttp.NewDefaultClientConfig()),
		GroupWait:      10 * time.Second,
		RepeatInterval: 4 * time.Hour,
		EpisodeTimeout: 25 * time.Hour,
		RateLimit:      RateLimit{Notifications: 30, Period: time.Minute},
		MaxEpisodes:    10_000,
		Timeout:        10 * time.Second,
		Queue:          configoptional.Some(queue),
		Retry:          retry,
		receivers:      new(amconfig.Config),
	}
}

// Validate returns all errors of the configuration. Each error names its YAML key.
func (c *Config) Validate() error {
	var errs configtype.Problems
	checkRules(&errs, "rules", c.Rules)
	checkRules(&errs, "exclude_rules", c.ExcludeRules)
	checkZeroOrAtLeast(&errs, "group_wait", c.GroupWait, time.Millisecond)
	checkZeroOrAtLeast(&errs, "repeat_interval", c.RepeatInterval, time.Second)
	checkZeroOrAtLeast(&errs, "episode_timeout", c.EpisodeTimeout, time.Second)
	configtype.AtLeast(&errs, "timeout", c.Timeout, time.Millisecond)
	configtype.AtLeast(&errs, "rate_limit::notifications", c.RateLimit.Notifications, 0)
	configtype.AtLeast(&errs, "rate_limit::period", c.RateLimit.Period, time.Second)
	configtype.AtLeast(&errs, "max_episodes", c.MaxEpisodes, 1)
	if c.ExternalURL != "" {
		errs.HTTPURL("external_url", c.ExternalURL, "http://localhost:8765")
	}
	if c.Alertmanager.HasValue() {
		am := c.Alertmanager.Get()
		errs.HTTPURL("alertmanager::endpoint", am.Endpoint, "http://alertmanager:9093")
		configtype.AtLeast(&errs, "alertmanager::resend_interval", am.ResendInterval, time.Second)
		if am.ResolveTimeout <= am.ResendInterval {
			errs.Add("alertmanager::resolve_timeout", "%v is not longer than resend_interval, %v", am.ResolveTimeout, am.ResendInterval)
		}
	}
	if c.SecurityHub.HasValue() {
		c.SecurityHub.Get().validate(&errs)
	}
	if c.OCSFWebhook.HasValue() {
		errs.HTTPURL("ocsf_webhook::endpoint", c.OCSFWebhook.Get().Endpoint, "https://siem.example.com/findings")
	}
	c.validateQueue(&errs)
	if !c.Console && !c.Alertmanager.HasValue() && !c.SecurityHub.HasValue() && !c.OCSFWebhook.HasValue() && len(c.receivers.Receivers) == 0 {
		errs.AddError(errors.New("no destination: set slack_configs or another receiver of Alertmanager, alertmanager, security_hub, ocsf_webhook, or console"))
	}
	return errs.Err()
}

var (
	accountID = regexp.MustCompile(`^\d{12}$`)
	awsRegion = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d+$`)
	awsRole   = regexp.MustCompile(`^arn:aws[a-z-]*:iam::(\d{12}|\{account\}):role/[\w+=,.@/{}-]+$`)
)

func (h *SecurityHub) validate(errs *configtype.Problems) {
	perAccount := strings.Contains(h.RoleARN, securityhub.AccountPlaceholder)
	if h.RoleARN != "" && !awsRole.MatchString(h.RoleARN) {
		errs.Add("security_hub::role_arn", "%q is not the ARN of a role such as arn:aws:iam::{account}:role/findings", h.RoleARN)
	}
	if h.Account == "" && !perAccount {
		errs.Add("security_hub::account", "must be set unless role_arn contains {account}, because an account can only import its own findings")
	}
	if h.Account != "" && !accountID.MatchString(string(h.Account)) {
		errs.Add("security_hub::account", "%q is not the ID of an account", h.Account)
	}
	if h.ExternalID != "" && h.RoleARN == "" {
		errs.Add("security_hub::external_id", "needs role_arn")
	}
	if h.Region != "" && !awsRegion.MatchString(h.Region) {
		errs.Add("security_hub::region", "%q is not a region such as eu-west-1", h.Region)
	}
	if h.Endpoint != "" {
		errs.HTTPURL("security_hub::endpoint", h.Endpoint, "https://vpce-1.securityhub.eu-west-1.vpce.amazonaws.com")
	}
}

func (c *Config) validateQueue(errs *configtype.Problems) {
	if !c.Queue.HasValue() {
		if c.Storage != nil {
			errs.Add("sending_queue", "must be enabled if storage is set, because alerts wait in the queue for group_wait")
		}
		return
	}
	queue := c.Queue.Get()
	if queue.NumConsumers != 1 {
		errs.Add("sending_queue::num_consumers", "%d is not 1; with more, the end of an episode could be sent before its beginning", queue.NumConsumers)
	}
	if queue.Sizer == exporterhelper.RequestSizerTypeBytes && queue.QueueSize < minQueueSize {
		errs.Add("sending_queue::queue_size", "%d bytes are less than %d; to count alerts instead, set sizer: items", queue.QueueSize, minQueueSize)
	}
	if queue.Batch.HasValue() {
		errs.Add("sending_queue::batch", "must not be set; use group_wait")
	}
}

func checkZeroOrAtLeast(errs *configtype.Problems, key string, value, minimum time.Duration) {
	if value != 0 {
		configtype.AtLeast(errs, key, value, minimum)
	}
}

var ruleID = regexp.MustCompile(`^[0-9A-Za-z_]+$`)

// checkRules adds an error for each text that cannot be the ID of a rule. Custom rules of another collector are unknown
// here. The Collector's validate command finds unknown rules of the same configuration.
func checkRules(errs *configtype.Problems, key string, ids []string) {
	for i, id := range ids {
		if !ruleID.MatchString(id) {
			errs.Add(fmt.Sprintf("%s[%d]", key, i), "%q is not the ID of a rule, such as external_port_scan", id)
		}
	}
}
