// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	commoncfg "github.com/prometheus/common/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/integration"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/receiverconfig"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/render"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestFactoryCreatesLogsExporter(t *testing.T) {
	factory := NewFactory()
	assert.Equal(t, component.MustNewType("alert_notifier"), factory.Type())
	require.NoError(t, componenttest.CheckConfigStruct(factory.CreateDefaultConfig()))
	made, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), configOf(t, "console: true"))
	require.NoError(t, err)
	assert.False(t, made.Capabilities().MutatesData)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, made.Shutdown(t.Context()))
}

func TestUnmarshalDecodesEachOption(t *testing.T) {
	cfg := configOf(t, `
console: true
min_severity: high
rules: [external_port_scan]
exclude_rules: [new_internal_peer]
group_wait: 1m
repeat_interval: 2h
rate_limit: {notifications: 5, period: 2m}
max_episodes: 7
external_url: http://dashboard:8765
storage: file_storage
timeout: 3s
alertmanager: {endpoint: "http://alertmanager:9093", resend_interval: 30s, resolve_timeout: 2m, headers: {X-Key: secret}}
sending_queue: {queue_size: 3, sizer: items}
retry_on_failure: {max_elapsed_time: 1h}
global: {slack_api_url: "https://hooks.example.com/x", smtp_smarthost: "mail:25", smtp_from: a@example.com}
slack_configs: [{channel: c}, {channel: d, api_url: "https://hooks.example.com/y"}]
email_configs: [{to: b@example.com, require_tls: false}]
`)
	assert.Equal(t, alert.High, cfg.MinSeverity)
	assert.Equal(t, 2*time.Minute, cfg.RateLimit.Period)
	assert.Equal(t, 5, cfg.RateLimit.Notifications)
	assert.Equal(t, "file_storage", cfg.Storage.String())
	assert.Equal(t, 30*time.Second, cfg.Alertmanager.Get().ResendInterval)
	assert.EqualValues(t, 3, cfg.Queue.Get().QueueSize)
	assert.Equal(t, 1, cfg.Queue.Get().NumConsumers)
	receiver := cfg.receivers.Receivers[0]
	require.Len(t, receiver.SlackConfigs, 2)
	assert.Equal(t, "https://hooks.example.com/x", receiver.SlackConfigs[0].APIURL.String())
	assert.Equal(t, "https://hooks.example.com/y", receiver.SlackConfigs[1].APIURL.String())
	assert.Equal(t, "mail:25", receiver.EmailConfigs[0].Smarthost.String())
	assert.False(t, *receiver.EmailConfigs[0].RequireTLS)
}

// receiverBlocks has an example of each receiver of Alertmanager.
var receiverBlocks = map[string]string{
	"discord_configs":    "{webhook_url: 'https://example.com/SECRET-1'}",
	"email_configs":      "{to: a@example.com, from: b@example.com, smarthost: 'mail:25', auth_username: u, auth_password: SECRET-2}",
	"incidentio_configs": "{url: 'https://example.com', alert_source_token: SECRET-3}",
	"jira_configs":       "{api_url: 'https://example.com', project: P, issue_type: Bug, http_config: {basic_auth: {username: u, password: SECRET-4}}}",
	"mattermost_configs": "{webhook_url: 'https://example.com/SECRET-5'}",
	"msteams_configs":    "{webhook_url: 'https://example.com/SECRET-6'}",
	"msteamsv2_configs":  "{webhook_url: 'https://example.com/SECRET-7'}",
	"opsgenie_configs":   "{api_key: SECRET-8}",
	"pagerduty_configs":  "{routing_key: SECRET-9}",
	"pushover_configs":   "{user_key: SECRET-10, token: SECRET-11}",
	"rocketchat_configs": "{channel: c, token: SECRET-12, token_id: SECRET-13}",
	"slack_configs":      "{api_url: 'https://example.com/SECRET-14', channel: c}",
	"sns_configs":        "{topic_arn: 'arn:aws:sns:eu-west-1:123456789012:t', sigv4: {region: eu-west-1, access_key: AK, secret_key: SECRET-15}}",
	"telegram_configs":   "{bot_token: '1:SECRET-16', chat_id: 1}",
	"victorops_configs":  "{api_key: SECRET-17, routing_key: r}",
	"webex_configs":      "{room_id: r, http_config: {authorization: {credentials: SECRET-18}}}",
	"webhook_configs":    "{url: 'https://example.com/SECRET-19', http_config: {oauth2: {client_id: i, client_secret: SECRET-20, token_url: 'https://example.com'}}}",
	"wechat_configs":     "{api_secret: SECRET-21, corp_id: c}",
}

func TestEachReceiverOfAlertmanagerIsSupported(t *testing.T) {
	for _, key := range receiverconfig.Keys() {
		t.Run(key, func(t *testing.T) {
			block, ok := receiverBlocks[key]
			require.True(t, ok, "add an example for the new receiver")
			r := newHarness(t, key+": ["+block+"]")
			require.Len(t, r.destinations, 1)
		})
	}
	assert.Len(t, receiverconfig.Keys(), len(receiverBlocks))
}

func TestSecretsAreNeverShown(t *testing.T) {
	for key, block := range receiverBlocks {
		t.Run(key, func(t *testing.T) {
			r := newHarness(t, key+": ["+block+"]\nglobal: {smtp_auth_password: SECRET-22}")
			cfg := configOf(t, key+": ["+block+"]\nglobal: {smtp_auth_password: SECRET-22}")
			conf := confmap.New()
			require.NoError(t, conf.Marshal(map[string]any{"alert_notifier": cfg}))
			shown := fmt.Sprint(conf.ToStringMap())
			assert.Contains(t, shown, "<secret>")
			assert.Contains(t, shown, key)
			assert.NotContains(t, shown, "SECRET")
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				assert.NotContains(t, fmt.Sprintf(verb, cfg), "SECRET", verb)
			}

			r.run()
			for _, d := range r.destinations {
				if n, ok := d.sender.(*integration.Integration); ok {
					n.Notifier = leakingNotifier{strings.Join(regexp.MustCompile(`(/|1:)?SECRET-\d+`).FindAllString(block, -1), " and ")}
				}
				err := d.push(t.Context(), toLogs([]*alert.Alert{alerttest.PortScan("a", "203.0.113.7")}))
				require.Error(t, err)
				assert.NotContains(t, fmt.Sprintf("%+v", err), "SECRET")
			}
			assert.NotContains(t, r.loggedText(), "SECRET")
		})
	}
}

func TestConfigErrorNamesKeyWithoutSecrets(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"no destination":                                   {"{}", "no destination: set slack_configs"},
		"an OCSF webhook without an endpoint":              {"ocsf_webhook: {headers: {a: b}}", `ocsf_webhook::endpoint: "" is not a URL such as https://siem.example.com/findings`},
		"Security Hub without an account":                  {"security_hub: {region: eu-west-1}", "security_hub::account: must be set unless role_arn contains {account}"},
		"Security Hub of an account that is a word":        {"security_hub: {account: unknown}", `security_hub::account: "unknown" is not the ID of an account`},
		"Security Hub of an account without its zero":      {"security_hub: {account: 12345678901}", `"12345678901" does not have 12 digits`},
		"Security Hub of a zone":                           {"security_hub: {account: '123456789012', region: eu-west-1a}", `security_hub::region: "eu-west-1a" is not a region such as eu-west-1`},
		"a role of Security Hub without its ARN":           {"security_hub: {role_arn: '{account}/findings'}", `security_hub::role_arn: "{account}/findings" is not the ARN of a role`},
		"an external ID without a role":                    {"security_hub: {account: '123456789012', external_id: x}", "security_hub::external_id: needs role_arn"},
		"an endpoint of Security Hub without its scheme":   {"security_hub: {account: '123456789012', endpoint: localhost}", `security_hub::endpoint: "localhost" is not a URL such as https://vpce-1.`},
		"an unknown key of Security Hub":                   {"security_hub: {acount: '123456789012'}", "security_hub::acount: there is no such setting"},
		"an unknown key":                                   {"slak_configs: []", "slak_configs: there is no such setting; the settings are alertmanager, console, discord_configs, "},
		"an unknown key of a receiver":                     {"slack_configs: [{api_url: 'https://x/y', channel: c}, {chanel: c}]", "slack_configs[1]::chanel: there is no such setting; the settings are actions, api_url, api_url_file, app_token, "},
		"an unknown key of global":                         {"global: {slack_url: x}\nconsole: true", "global::slack_url: there is no such setting; the settings are http_config, "},
		"an unknown key further in":                        {"webhook_configs: [{url: 'https://x/y', http_config: {autorization: {}}}]", "webhook_configs[0]::http_config::autorization: there is no such setting; the settings are authorization, basic_auth, "},
		"an unknown key in a list of a receiver":           {"slack_configs: [{api_url: 'https://x/y', fields: [{title: a, value: b}, {titel: c}]}]", "slack_configs[0]::fields[1]::titel: there is no such setting; the settings are short, title, value"},
		"a receiver that is not a map":                     {"slack_configs: [c]", "slack_configs[0]: is not a map of settings"},
		"an empty receiver":                                {"slack_configs: [null]", "slack_configs[0]: is not a map of settings"},
		"receivers that are not a list":                    {"slack_configs: {channel: c}", "slack_configs: is not a list"},
		"a receiver without a URL":                         {"slack_configs: [{channel: c}]", "slack_configs[0]: no Slack API URL"},
		"a URL without its scheme":                         {"slack_configs: [{api_url: hooks.slack.com/SECRET/SECRET}]", "slack_configs[0]: unsupported scheme"},
		"an invalid URL":                                   {"slack_configs: [{api_url: '%SECRET'}]", "slack_configs[0]: parse"},
		"a setting that requires another":                  {"slack_configs: [{channel: c, update_message: true, api_url: http://h}]", "slack_configs[0]: update_message: needs a bot token"},
		"a secret of digits":                               {"pagerduty_configs: [{routing_key: 0123}]", "pagerduty_configs[0]: routing_key: is not text; put it in quotes"},
		"a secret of digits further in":                    {"webhook_configs: [{url: 'https://x/y', http_config: {basic_auth: {password: 1e5}}}]", "webhook_configs[0]: http_config::basic_auth::password: is not text"},
		"a secret of digits in global":                     {"global: {smtp_auth_password: 012345}\nconsole: true", "global::smtp_auth_password: is not text"},
		"an invalid template":                              {"slack_configs: [{api_url: 'https://x/y', title: '{{ .Status'}]", "slack_configs[0]: title: template: :1: unclosed action"},
		"a template with an unknown function":              {"slack_configs: [{api_url: 'https://x/y', fields: [{title: a, value: '{{ nofunc }}'}]}]", `slack_configs[0]: fields[0]::value: template: :1: function "nofunc" not defined`},
		"an invalid template in a URL":                     {"webhook_configs: [{url: 'https://x/SECRET/{{ .SECRET'}]", "webhook_configs[0]: url: template"},
		"an unknown severity":                              {"console: true\nmin_severity: huge", "min_severity"},
		"a rule with another character":                    {"console: true\nrules: [own_rule, port-scan]", `rules[1]: "port-scan" is not the ID of a rule`},
		"an excluded rule with another character":          {"console: true\nexclude_rules: [port scan]", `exclude_rules[0]: "port scan" is not the ID of a rule`},
		"a duration without its unit":                      {"console: true\ngroup_wait: 30", "group_wait: 30 needs a unit"},
		"a negative duration":                              {"console: true\nrepeat_interval: -1h", "repeat_interval: -1h0m0s is less than 1s"},
		"a zero timeout":                                   {"console: true\ntimeout: 0", "timeout: 0s is less than 1ms"},
		"a zero period":                                    {"console: true\nrate_limit: {period: 0s}", "rate_limit::period: 0s is less than 1s"},
		"a negative limit":                                 {"console: true\nrate_limit: {notifications: -1}", "rate_limit::notifications: -1 is less than 0"},
		"an empty notification log":                        {"console: true\nmax_episodes: 0", "max_episodes: 0 is less than 1"},
		"a host in place of a dashboard URL":               {"console: true\nexternal_url: dashboard", `external_url: "dashboard" is not a URL`},
		"a host and port in place of an Alertmanager URL":  {"alertmanager: {endpoint: 'alertmanager:9093'}", `alertmanager::endpoint: "alertmanager:9093" is not a URL`},
		"a URL with a password":                            {"console: true\nexternal_url: 'ftp://u:SECRET@dashboard/x?key=SECRET'", `external_url: "[REDACTED]@dashboard/x?[REDACTED]" is not a URL`},
		"an endpoint with a password":                      {"alertmanager: {endpoint: 'u:SECRET@alertmanager:9093?SECRET'}", `alertmanager::endpoint: "[REDACTED]@alertmanager:9093?[REDACTED]" is not a URL`},
		"an invalid URL with a password":                   {"alertmanager: {endpoint: 'http://u:SE/CRET?SECRET@x:port'}", `alertmanager::endpoint: "http://[REDACTED]@x:port" is not a URL`},
		"an Alertmanager without an endpoint":              {"alertmanager: {}", `alertmanager::endpoint: "" is not a URL`},
		"a resend interval as long as the resolve timeout": {"alertmanager: {endpoint: 'http://x', resend_interval: 5m}", "alertmanager::resolve_timeout: 5m0s is not longer than resend_interval, 5m0s"},
		"a zero resend interval":                           {"alertmanager: {endpoint: 'http://x', resend_interval: 0s}", "alertmanager::resend_interval: 0s is less than 1s"},
		"two consumers":                                    {"console: true\nsending_queue: {num_consumers: 2}", "sending_queue::num_consumers: 2 is not 1"},
		"a batch in the queue":                             {"console: true\nsending_queue: {batch: {flush_timeout: 1s}}", "sending_queue::batch: must not be set; use group_wait"},
		"a storage without a queue":                        {"console: true\nstorage: file_storage\nsending_queue: {enabled: false}", "sending_queue: must be enabled"},
		"a queue of few bytes":                             {"console: true\nsending_queue: {queue_size: 1000}", "sending_queue::queue_size: 1000 bytes are less than 1048576"},
		"an empty queue":                                   {"console: true\nsending_queue: {queue_size: 0}", "queue_size"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			err := parse(t, c.yaml).Unmarshal(cfg)
			if err == nil {
				err = confmap.Validate(cfg)
			}
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "SECRET")
		})
	}
}

func TestMissingTemplatesAreNamed(t *testing.T) {
	cfg := configOf(t, "templates: [/nowhere/*.tmpl]\n"+kinds["slack"]("https://example.com"))
	_, err := newNotifier(t.Context(), exportertest.NewNopSettings(componentType), cfg, realSystem())
	require.EqualError(t, err, `templates[0]: "/nowhere/*.tmpl": no such file`)
	cfg = configOf(t, "templates: ["+write(t, "bad.tmpl", "{{ define")+"]\n"+kinds["slack"]("https://example.com"))
	_, err = newNotifier(t.Context(), exportertest.NewNopSettings(componentType), cfg, realSystem())
	require.ErrorContains(t, err, "templates[0]: ")
}

// A setting of type text receives the unchanged value, even if that looks like a number.
func TestSecretFromEnvironmentIsUnchanged(t *testing.T) {
	for _, secret := range []string{"00123456", "1e10", "0x1F", "true", "null", "12:30:45", "2027-06-30", "abc", "a: b", "~", ""} {
		t.Run(secret, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			conf := expand(t, map[string]string{"KEY": secret, "CHAT": "-100123", "LIST": "[{url: 'http://x/y', max_alerts: 3}]"}, `
email_configs: [{to: a@example.com, from: b@example.com, smarthost: "mail:25", auth_username: u, auth_password: "${env:KEY}"}]
telegram_configs: [{bot_token: "1:${env:KEY}", chat_id: "${env:CHAT}"}]
webhook_configs: ${env:LIST}
`)
			require.NoError(t, conf.Unmarshal(cfg))
			receiver := cfg.receivers.Receivers[0]
			assert.Equal(t, commoncfg.Secret(secret), receiver.EmailConfigs[0].AuthPassword)
			assert.Equal(t, commoncfg.Secret("1:"+secret), receiver.TelegramConfigs[0].BotToken)
			assert.EqualValues(t, -100123, receiver.TelegramConfigs[0].ChatID)
			assert.EqualValues(t, 3, receiver.WebhookConfigs[0].MaxAlerts)
		})
	}
}

// expand resolves a configuration as the Collector does, with the given environment variables.
func expand(t *testing.T, env map[string]string, yaml string) *confmap.Conf {
	t.Helper()
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"yaml:" + strings.ReplaceAll(yaml, "\n\n", "\n")},
		ProviderFactories: []confmap.ProviderFactory{yamlprovider.NewFactory(), environment(env)},
		DefaultScheme:     "env",
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, err)
	return conf
}

func TestUnmarshalDoesNotChangeItsInput(t *testing.T) {
	conf := parse(t, kinds["pagerduty"]("http://example.com"))
	for range 2 {
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, conf.Unmarshal(cfg))
		require.NoError(t, cfg.Validate())
	}
	assert.Equal(t, map[string]any{"routing_key": "k", "url": "http://example.com"}, conf.ToStringMap()["pagerduty_configs"].([]any)[0], "the input is unchanged")
}

func TestDefaultTemplatesOfEachReceiverAreRendered(t *testing.T) {
	templates, err := render.Load(nil, "")
	require.NoError(t, err)
	for _, key := range slices.Sorted(maps.Keys(receiverBlocks)) {
		cfg := configOf(t, key+": ["+receiverBlocks[key]+"]")
		name := strings.TrimSuffix(key, "_configs")
		rendered := integration.NewMessages(templates, name, receiverconfig.Settings(&cfg.receivers.Receivers[0], name, 0)).Len()
		if key == "webhook_configs" || key == "incidentio_configs" { // they send the alerts themselves
			assert.Zero(t, rendered, key)
			continue
		}
		assert.Positive(t, rendered, key)
	}
}
