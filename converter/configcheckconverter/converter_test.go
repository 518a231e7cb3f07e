// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func parseYAML(t *testing.T, text string) *confmap.Conf {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	return conf
}

// convert returns the error and the warnings of a configuration, one a line. It checks that the configuration does not
// change.
func convert(t *testing.T, text string) (failure, warnings string) {
	t.Helper()
	conf := parseYAML(t, text)
	var stderr strings.Builder
	err := (&converter{stderr: &stderr}).Convert(t.Context(), conf)
	assert.Equal(t, parseYAML(t, text).ToStringMap(), conf.ToStringMap(), "unchanged")
	if err != nil {
		failure = err.Error()
	}
	return failure, strings.TrimSuffix(stderr.String(), "\n")
}

func TestStateStaysBelowTheMemoryLimiter(t *testing.T) {
	for name, c := range map[string]struct {
		limiter, detection string
		want               any // max_state_mib
		warning            string
	}{
		"a small limit lowers the default": {"{limit_mib: 600}", "{}", 200, ""},
		"a processor without settings":     {"{limit_mib: 600}", "", 200, ""},
		"a large limit changes nothing":    {"{limit_mib: 1000000000}", "{}", nil, ""},
		"a share of the memory":            {"{limit_percentage: 75}", "{}", nil, ""},
		"a third of the limit":             {"{limit_mib: 600}", "{max_state_mib: 200}", 200, ""},
		"more than a third of the limit": {"{limit_mib: 600}", "{max_state_mib: 201}", 201, "Warning: processors::vpc_detection/a::max_state_mib: " +
			"201 MiB of state may make memory_limiter with limit_mib 600 refuse all data: set it to at most 200, or raise limit_mib"},
	} {
		conf := parseYAML(t, `
processors: {memory_limiter: `+c.limiter+`, vpc_detection/a: `+c.detection+`, vpc_detection/b: {}}
service: {pipelines: {logs: {processors: [memory_limiter, vpc_detection/a]}, logs/b: {processors: [vpc_detection/b]}}}`)
		var stderr strings.Builder
		require.NoError(t, (&converter{stderr: &stderr}).Convert(t.Context(), conf), name)
		assert.Equal(t, c.want, conf.Get("processors::vpc_detection/a::max_state_mib"), name)
		assert.Nil(t, conf.Get("processors::vpc_detection/b::max_state_mib"), name)
		assert.Equal(t, c.warning, strings.TrimSuffix(stderr.String(), "\n"), name)
	}
}

func TestStorageExtensions(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"all storages run": {`
extensions: {file_storage: , file_storage/b: {directory: /b}}
receivers: {vpc_flow: {storage: file_storage}}
processors: {vpc_detection: {storage: file_storage/b}}
exporters: {otlp_http: {sending_queue: {storage: file_storage}}, alert_notifier: {storage: file_storage}}
service:
  extensions: [file_storage, " file_storage / b"]
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [otlp_http, alert_notifier]}}`, ""},
		"no storage is named": {`
receivers: {vpc_flow: {files: {include: [a.log]}, storage: }}
service: {pipelines: {logs: {receivers: [vpc_flow]}}}`, ""},
		"an extension that is not defined": {
			`
extensions: {file_storage: }
receivers: {vpc_flow: {storage: file_storage/positions}}
service: {extensions: [file_storage], pipelines: {logs: {receivers: [vpc_flow]}}}`,
			`receivers::vpc_flow::storage: extension "file_storage/positions" is not defined: add it to extensions and to service::extensions`,
		},
		"an extension that does not run": {
			`
extensions: {file_storage: }
receivers: {vpc_flow/a: {storage: file_storage}}
processors: {vpc_detection: {storage: file_storage}}
exporters: {alert_notifier: {storage: file_storage, sending_queue: {storage: file_storage}}}
service: {pipelines: {logs: {receivers: [vpc_flow/a], processors: [vpc_detection], exporters: [alert_notifier]}}}`,
			`exporters::alert_notifier::sending_queue::storage: extension "file_storage" is missing in service::extensions
exporters::alert_notifier::storage: extension "file_storage" is missing in service::extensions
processors::vpc_detection::storage: extension "file_storage" is missing in service::extensions
receivers::vpc_flow/a::storage: extension "file_storage" is missing in service::extensions`,
		},
		"a queue in an exporter in an exporter": {
			`
exporters: {failover: {protocol: {otlp: {sending_queue: {storage: disk}}}}}
service: {pipelines: {logs: {exporters: [failover]}}}`,
			`exporters::failover::protocol::otlp::sending_queue::storage: extension "disk" is not defined: add it to extensions and to service::extensions`,
		},
		"a queue that is switched off": {`
exporters: {otlp_http: {sending_queue: {enabled: false, storage: disk}}}
service: {pipelines: {logs: {exporters: [otlp_http]}}}`, ""},
		"components that no pipeline uses": {`
receivers: {vpc_flow: {storage: disk}}
exporters: {otlp_http: {sending_queue: {storage: disk}}}
service: {pipelines: {logs: {receivers: [otlp], exporters: [nop]}}}`, ""},
		"a setting of another component": {`
exporters: {other: {storage: s3}}
service: {pipelines: {logs: {exporters: [other]}}}`, ""},
		"values that the Collector refuses": {`
receivers: {vpc_flow: {storage: /}, 1/2/3/4: }
exporters: []
extensions: x
service: {extensions: 3, pipelines: {logs: , traces: [a], metrics: {receivers: vpc_flow, exporters: [1, {a: b}]}}}`, ""},
		"nothing": {"{}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			failure, warnings := convert(t, c.yaml)
			lines := strings.Split(failure, "\n")
			assert.ElementsMatch(t, strings.Split(c.want, "\n"), lines)
			assert.NotContains(t, warnings, "storage")
		})
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "there"), nil, 0o600))
	for name, c := range map[string]struct{ yaml, want string }{
		"all files exist": {`
extensions: {basicauth: {htpasswd: {file: DIR/there}}}
receivers: {vpc_flow: {firehose: {tls: {cert_file: DIR/there, key_file: DIR/there}}}}
exporters: {otlp_http: {tls: {ca_file: ""}}}
service: {extensions: [basicauth], pipelines: {logs: {receivers: [vpc_flow], exporters: [otlp_http]}}}`, ""},
		"certificates and keys": {
			`
receivers: {vpc_flow: {firehose: {tls: {cert_file: DIR/there, key_file: DIR/no.key}}}, otlp: {protocols: {grpc: {tls: {client_ca_file: DIR/no.ca}}}}}
processors: {vpc_detection: {threat_lists: [{name: a, path: DIR/no}, {name: b, tls: {ca_file: DIR/no.ca}}]}}
exporters: {vpc_dashboard: {tls: {cert_file: DIR}}, alert_notifier: {alertmanager: {tls: {ca_file: DIR/no.ca}}, ocsf_webhook: {tls: {ca_file: DIR/no.ca}}}}
service: {pipelines: {logs: {receivers: [vpc_flow, otlp], processors: [vpc_detection], exporters: [vpc_dashboard, alert_notifier]}}}`,
			`exporters::alert_notifier::alertmanager::tls::ca_file: stat DIR/no.ca: no such file or directory
exporters::alert_notifier::ocsf_webhook::tls::ca_file: stat DIR/no.ca: no such file or directory
exporters::vpc_dashboard::tls::cert_file: read DIR: is a folder
processors::vpc_detection::threat_lists[1]::tls::ca_file: stat DIR/no.ca: no such file or directory
receivers::otlp::protocols::grpc::tls::client_ca_file: stat DIR/no.ca: no such file or directory
receivers::vpc_flow::firehose::tls::key_file: stat DIR/no.key: no such file or directory`,
		},
		"password files": {
			`
extensions: {basicauth/server: {htpasswd: {file: DIR/no.htpasswd}}, basicauth/client: {client_auth: {username: u, password_file: DIR/no.pw}}, bearertokenauth: {filename: DIR/no.token}}
service: {extensions: [basicauth/server, basicauth/client, bearertokenauth]}`,
			`extensions::basicauth/client::client_auth::password_file: stat DIR/no.pw: no such file or directory
extensions::basicauth/server::htpasswd::file: stat DIR/no.htpasswd: no such file or directory
extensions::bearertokenauth::filename: stat DIR/no.token: no such file or directory`,
		},
		"parts that are not used": {`
extensions: {basicauth: {htpasswd: {file: DIR/no}}}
receivers: {vpc_flow: {firehose: {enabled: false, tls: {cert_file: DIR/no}}}, otlp: {tls: {cert_file: DIR/no}}}
exporters: {alert_notifier: {global: {http_config: {tls_config: {ca_file: DIR/no}}}}}
service: {pipelines: {logs: {receivers: [vpc_flow], exporters: [alert_notifier]}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			failure, _ := convert(t, strings.ReplaceAll(c.yaml, "DIR", dir))
			assert.Equal(t, strings.ReplaceAll(c.want, "DIR", dir), failure)
		})
	}
}

func TestWarningsAboutMissingAlerts(t *testing.T) {
	const notifier = "Warning: service::pipelines::logs/flows::exporters: alert_notifier receives no alerts from this pipeline: " +
		"vpc_detection is not among its processors"
	for name, c := range map[string]struct{ pipelines, want string }{
		"a notifier behind the rules": {"{logs: {receivers: [vpc_flow], processors: [memory_limiter, vpc_detection/a], exporters: [alert_notifier]}}", ""},
		"a notifier of flows":         {"{logs/flows: {receivers: [vpc_flow], exporters: [alert_notifier]}}", notifier},
		"a notifier of both": {"{logs/flows: {receivers: [vpc_flow], exporters: [alert_notifier]}, " +
			"logs/alerts: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [alert_notifier]}}", notifier},
		"a dashboard of flows and alerts": {"{logs/flows: {receivers: [vpc_flow], exporters: [vpc_dashboard]}, " +
			"logs/alerts: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [vpc_dashboard]}}", ""},
		"a dashboard of flows": {
			"{logs/a: {receivers: [vpc_flow], exporters: [vpc_dashboard]}, logs/b: {receivers: [vpc_flow/b], exporters: [vpc_dashboard]}}",
			"Warning: exporters::vpc_dashboard: receives no alerts: vpc_detection is not among the processors of logs/a, logs/b",
		},
		"alerts of another collector":           {"{logs: {receivers: [otlp], exporters: [alert_notifier, vpc_dashboard]}}", ""},
		"alerts from a Kafka topic":             {"{logs: {receivers: [vpc_flow, kafka], exporters: [alert_notifier]}}", ""},
		"alerts that vpc_flow reads from Kafka": {"{logs: {receivers: [vpc_flow/kafka], exporters: [alert_notifier, vpc_dashboard]}}", ""},
		"flow log lines from Kafka":             {"{logs/flows: {receivers: [vpc_flow/text], exporters: [alert_notifier]}}", notifier},
		"alerts through a connector":            {"{logs/a: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [forward]}, logs/b: {receivers: [forward], exporters: [alert_notifier, vpc_dashboard]}}", ""},
		"alerts through two":                    {"{logs/a: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [forward]}, logs/b: {receivers: [forward], exporters: [forward/2]}, logs/c: {receivers: [forward/2], exporters: [alert_notifier]}}", ""},
		"logs made from other signals":          {"{traces: {receivers: [otlp], exporters: [forward]}, logs: {receivers: [forward], exporters: [alert_notifier]}}", ""},
		"flows through a connector":             {"{logs/a: {receivers: [vpc_flow], exporters: [forward]}, logs/flows: {receivers: [forward], exporters: [alert_notifier]}}", notifier},
		"connectors in a cycle":                 {"{logs/a: {receivers: [forward/2], exporters: [forward]}, logs/flows: {receivers: [forward], exporters: [forward/2, alert_notifier]}}", notifier},
		"other exporters":                       {"{logs: {receivers: [vpc_flow], exporters: [otlp_http]}}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			failure, warnings := convert(t, `
receivers: {vpc_flow/kafka: {kafka: {logs: {topics: [alerts], encoding: otlp_json}}}, vpc_flow/text: {kafka: {logs: {encoding: text}}}}
connectors: {forward: , forward/2: }
exporters: {alert_notifier: {console: true}, vpc_dashboard: }
service: {pipelines: `+c.pipelines+`}`)
			assert.Empty(t, failure)
			assert.Equal(t, c.want, warnings)
		})
	}
}

func TestWarningsAboutAllowlistEntriesWithHostBits(t *testing.T) {
	failure, warnings := convert(t, `
processors:
  vpc_detection:
    ignore:
      - {source: 10.0.9.5/24}
      - {source: [10.0.9.5, 10.0.9.0/24], destination: [8.8.8.8, "fd00::1/64"]}
    rules: {external_port_scan: {ignore: [{source: 192.0.2.7/28}]}}
  vpc_detection/unused: {ignore: [{source: 10.0.9.5/24}]}
  other: {ignore: [{source: 10.0.9.5/24}]}
service: {pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection, other]}}}`)
	assert.Empty(t, failure)
	assert.Equal(t, `Warning: processors::vpc_detection::ignore[0]::source: "10.0.9.5/24" has bits set beyond its length: it covers 10.0.9.0/24
Warning: processors::vpc_detection::ignore[1]::destination: "fd00::1/64" has bits set beyond its length: it covers fd00::/64
Warning: processors::vpc_detection::rules::external_port_scan::ignore[0]::source: "192.0.2.7/28" has bits set beyond its length: it covers 192.0.2.0/28`, warnings)
}

func TestWarningIsReportedOnce(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	c := NewFactory().Create(confmap.ConverterSettings{Logger: zap.New(core)})
	conf := parseYAML(t, `
exporters: {vpc_dashboard: }
service: {pipelines: {logs: {receivers: [vpc_flow], exporters: [vpc_dashboard]}}}`)
	require.NoError(t, c.Convert(t.Context(), conf))
	require.NoError(t, c.Convert(t.Context(), conf), "as at a reload")
	require.Len(t, logs.All(), 1)
	assert.Equal(t, "configuration may be wrong", logs.All()[0].Message)
	assert.Equal(t, map[string]any{
		"key": "exporters::vpc_dashboard", "problem": "receives no alerts: vpc_detection is not among the processors of logs",
	}, logs.All()[0].ContextMap())
}

func TestSampleConfigurationsHaveNoFindings(t *testing.T) {
	configs, err := filepath.Glob("../../config/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, configs)
	for _, path := range configs {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			server := filepath.Join(t.TempDir(), "server")
			require.NoError(t, os.WriteFile(server, nil, 0o600))
			failure, warnings := convert(t, strings.NewReplacer("${env:TLS_CERT}", server, "${env:TLS_KEY}", server).Replace(string(text)))
			assert.Empty(t, failure)
			assert.Empty(t, warnings)
		})
	}
}
