// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaclient

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func connect(t *testing.T, c *Config) error {
	t.Helper()
	options, err := Options(t.Context(), c, zap.NewNop())
	require.NoError(t, err)
	client, err := kgo.NewClient(options...)
	require.NoError(t, err)
	defer client.Close()
	return client.Ping(t.Context())
}

func TestClientAuthenticates(t *testing.T) {
	for _, mechanism := range []string{Plain, ScramSHA256, ScramSHA512} {
		t.Run(mechanism, func(t *testing.T) {
			cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser(mechanism, "reader", "secret"))
			require.NoError(t, err)
			defer cluster.Close()
			c := NewDefaultConfig()
			c.Brokers = cluster.ListenAddrs()
			for password, works := range map[string]bool{"secret": true, "wrong": false} {
				c.Auth.SASL = configoptional.Some(SASLConfig{Mechanism: mechanism, Username: "reader", Password: configopaque.String(password)})
				require.NoError(t, c.Check())
				err := connect(t, &c)
				assert.Equal(t, works, err == nil, "%v", err)
				if err != nil {
					assert.NotContains(t, err.Error(), password+"x")
				}
			}
		})
	}
}

func TestClientUsesTLS(t *testing.T) {
	server := httptest.NewTLSServer(nil) // for its certificate
	defer server.Close()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.TLS(&tls.Config{Certificates: server.TLS.Certificates}))
	require.NoError(t, err)
	defer cluster.Close()
	c := NewDefaultConfig()
	c.Brokers = cluster.ListenAddrs()
	settings := configtls.NewDefaultClientConfig()
	settings.ServerName = "example.com"
	settings.CAPem = configopaque.String(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	c.TLS = configoptional.Some(settings)
	require.NoError(t, connect(t, &c))

	settings.ServerName = "other.example.org"
	c.TLS = configoptional.Some(settings)
	require.ErrorContains(t, connect(t, &c), "certificate")

	settings.CAFile = "missing.pem"
	c.TLS = configoptional.Some(settings)
	_, err = Options(t.Context(), &c, zap.NewNop())
	require.ErrorContains(t, err, "tls: ")
}

func TestTokenForMSKIsSignedForItsRegion(t *testing.T) {
	auth, err := tokens("eu-west-1", credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""))(t.Context())
	require.NoError(t, err)
	text, err := base64.RawURLEncoding.DecodeString(auth.Token)
	require.NoError(t, err)
	signed, err := url.Parse(string(text))
	require.NoError(t, err)
	assert.Equal(t, "kafka.eu-west-1.amazonaws.com", signed.Host)
	assert.Equal(t, "kafka-cluster:Connect", signed.Query().Get("Action"))
	assert.Contains(t, signed.Query().Get("X-Amz-Credential"), "AKIDEXAMPLE/")
	assert.NotContains(t, string(text), "secret")

	c := NewDefaultConfig()
	c.Auth.SASL = configoptional.Some(SASLConfig{Mechanism: AWSMSKIAM})
	require.EqualError(t, c.Check(), "auth::sasl::aws_msk::region: must be the region of the cluster, got none")
	c.Auth.SASL.Get().AWSMSK.Region = "eu-west-1"
	require.NoError(t, c.Check())
	_, err = Options(t.Context(), &c, zap.NewNop())
	require.NoError(t, err)
}

func TestConfigurationErrorsNameTheKey(t *testing.T) {
	c := Config{Brokers: []string{"kafka:9092", ""}, Auth: AuthConfig{SASL: configoptional.Some(SASLConfig{Mechanism: Plain})}}
	require.EqualError(t, c.Check(), `brokers[1]: must be an address such as kafka:9092, got ""
auth::sasl::username: must be set for PLAIN, got none
auth::sasl::password: must be set for PLAIN, got none`)
	c = Config{Auth: AuthConfig{SASL: configoptional.Some(SASLConfig{Mechanism: "GSSAPI"})}}
	require.EqualError(t, c.Check(), `brokers: give the address of at least one broker
auth::sasl::mechanism: unknown value "GSSAPI"; want one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, AWS_MSK_IAM_OAUTHBEARER`)
}

func TestWarningsAndErrorsAreLogged(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	l := clientLogger{zap.New(core)}
	l.Log(kgo.LogLevelError, "unable to dial", "broker", 1)
	l.Log(kgo.LogLevelWarn, "retrying")
	require.Equal(t, kgo.LogLevelWarn, l.Level())
	require.Equal(t, "kafka: unable to dial", logs.All()[0].Message)
	require.Equal(t, zapcore.WarnLevel, logs.All()[1].Level)
}
