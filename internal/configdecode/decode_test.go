// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/xconfmap"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.yaml.in/yaml/v3"
)

// config has a field of each kind that the components use.
type config struct {
	Embedded                `mapstructure:",squash"`
	confighttp.ServerConfig `mapstructure:",squash"`

	Networks []netip.Prefix                                           `mapstructure:"networks"`
	Server   netip.Addr                                               `mapstructure:"server"`
	Start    time.Time                                                `mapstructure:"start"`
	Wait     time.Duration                                            `mapstructure:"wait"`
	Word     string                                                   `mapstructure:"word"`
	Words    []string                                                 `mapstructure:"words"`
	Key      configopaque.String                                      `mapstructure:"key"`
	Switch   bool                                                     `mapstructure:"switch"`
	Number   int                                                      `mapstructure:"number"`
	Small    uint8                                                    `mapstructure:"small"`
	Numbers  []int                                                    `mapstructure:"numbers"`
	Share    float64                                                  `mapstructure:"share"`
	Storage  *component.ID                                            `mapstructure:"storage"`
	Entries  []entry                                                  `mapstructure:"entries"`
	ByName   map[string]entry                                         `mapstructure:"by_name"`
	Section  configoptional.Optional[section]                         `mapstructure:"section"`
	Queue    configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"queue"`
	Hidden   string                                                   `mapstructure:"-"`
}

type Embedded struct {
	Inner int `mapstructure:"inner"`
}

type entry struct {
	Accounts []string `mapstructure:"accounts" config:"text,nonempty"`
	Name     string   `mapstructure:"name" config:"text"`
	Codes    []code   `mapstructure:"codes"`
}

type section struct {
	Every time.Duration `mapstructure:"every"`
	Deep  struct {
		Count int `mapstructure:"count"`
	} `mapstructure:"deep"`
}

// code decodes itself. Its error does not contain the text.
type code string

func (c *code) UnmarshalText(text []byte) error {
	if len(text) != 2 {
		return errors.New("must have two letters")
	}
	*c = code(text)
	return nil
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var settings map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &settings))
	return settings
}

func TestErrorsNameKeyAndValue(t *testing.T) {
	for text, want := range map[string]string{
		"networks: [10.0.0.0/8, 10.0.0.0/9, 10.0.0.0/99]": `networks[2]: "10.0.0.0/99" is not a CIDR such as 10.0.0.0/8`,
		"networks: [10.0.0.1/8]":                          `networks[0]: "10.0.0.1/8" has bits set beyond its length; write 10.0.0.0/8`,
		"networks: ['fc00::1/7']":                         `networks[0]: "fc00::1/7" has bits set beyond its length; write fc00::/7`,
		"networks: 10.0.0.1":                              `networks[0]: "10.0.0.1" is not a CIDR such as 10.0.0.0/8`,
		"networks: [10]":                                  `networks[0]: "10" is not a CIDR such as 10.0.0.0/8`,
		"networks: ['']":                                  `networks[0]: "" is not a CIDR such as 10.0.0.0/8`,
		"networks: [{a: b}]":                              `networks[0]: a map is not a CIDR such as 10.0.0.0/8`,
		"networks: {a: b}":                                `networks: a map is not a list`,
		"networks: [null]":                                `networks[0]: is empty`,
		"server: host":                                    `server: "host" is not an address such as 10.0.0.1`,
		"start: yesterday":                                `start: "yesterday" is not a time such as 2026-04-01T00:00:00Z`,
		"start: '2026-04-01'":                             `start: "2026-04-01" is not a time such as 2026-04-01T00:00:00Z`,
		"start: 7":                                        `start: "7" is not a time such as 2026-04-01T00:00:00Z`,
		"wait: soon":                                      `wait: "soon" is not a duration such as 90s or 10m`,
		"wait: ''":                                        `wait: "" is not a duration such as 90s or 10m`,
		"wait: 30d":                                       `wait: "30d" is not a duration such as 90s or 10m; write days as hours`,
		"wait: 60":                                        `wait: 60 needs a unit, as in 60s or 10m`,
		"wait: -1.5":                                      `wait: -1.5 needs a unit, as in -1.5s or 10m`,
		"wait: '60'":                                      `wait: "60" needs a unit, as in 60s or 10m`,
		"wait: [1h]":                                      `wait: a list is not a duration such as 90s or 10m`,
		"wait: true":                                      `wait: true is not a duration such as 90s or 10m`,
		"word: 3":                                         `word: 3 is not text`,
		"word: {a: SECRET}":                               `word: a map is not text`,
		"words: 3":                                        `words: 3 is not a list`,
		"words: [a, 3]":                                   `words[1]: 3 is not text`,
		"key: 12345":                                      `key: is not text; put it in quotes`,
		"switch: maybe":                                   `switch: "maybe" is not true or false`,
		"number: many":                                    `number: "many" is not a number`,
		"number: 1.5":                                     `number: 1.5 is not a whole number`,
		"number: 1e30":                                    `number: 1000000000000000000000000000000 is too large`,
		"small: 256":                                      `small: 256 is too large`,
		"small: -1":                                       `small: -1 is less than 0`,
		"number: 18446744073709551615":                    `number: 18446744073709551615 is too large`,
		"numbers: [80, ssh]":                              `numbers[1]: "ssh" is not a number`,
		"numbers: 80":                                     `numbers: 80 is not a list`,
		"share: half":                                     `share: "half" is not a number`,
		"storage: /":                                      `storage: in "/" id: the part before / should not be empty`,
		"entries: 7":                                      `entries: 7 is not a list`,
		"entries: {a: b}":                                 `entries: a map is not a list`,
		"entries: [a]":                                    `entries[0]: "a" is not a map of settings`,
		"entries: [{accounts: []}]":                       `entries[0]::accounts: is empty: give a value or leave it out`,
		"entries: [{accounts: }]":                         `entries[0]::accounts: is empty: give a value or leave it out`,
		"entries: [{accounts: {a: b}}]":                   `entries[0]::accounts: a map is not a list`,
		"entries: [{name: [a]}]":                          `entries[0]::name: a list is not text`,
		"entries: [{}, {codes: [ab, abc]}]":               `entries[1]::codes[1]: "abc" is invalid: must have two letters`,
		"by_name: [a]":                                    `by_name: a list is not a map`,
		"by_name: {x: {nme: y}}":                          `by_name::x::nme: there is no such setting; the settings are accounts, codes, name`,
		"section: on":                                     `section: "on" is not a map of settings`,
		"section: {every: 5}":                             `section::every: 5 needs a unit, as in 5s or 10m`,
		"section: {evry: 5s}":                             `section::evry: there is no such setting; the settings are deep, enabled, every`,
		"section: {deep: {count: 1, cnt: 2}}":             `section::deep::cnt: there is no such setting; the settings are count`,
		"section: {enabled: no}":                          `section::enabled: "no" is not true or false`,
		"read_timeout: 5":                                 `read_timeout: 5 needs a unit, as in 5s or 10m`,
		"tls: {cert: x}":                                  `tls::cert: there is no such setting; the settings are `,
		"queue: {queue_size: many}":                       `queue::queue_size: "many" is not a number`,
		"queue: {que_size: 1}":                            `queue::que_size: there is no such setting; the settings are batch, block_on_overflow, enabled, num_consumers, queue_size, `,
		"queue: {batch: {flush_timeout: '1'}}":            `queue::batch::flush_timeout: "1" needs a unit, as in 1s or 10m`,
		"hidden: x":                                       `hidden: there is no such setting; the settings are auth, by_name, `,
	} {
		t.Run(text, func(t *testing.T) {
			cfg := config{Queue: configoptional.Default(exporterhelper.NewDefaultQueueConfig())}
			err := Unmarshal(confmap.NewFromStringMap(parse(t, text)), &cfg)
			require.Error(t, err)
			assert.True(t, strings.HasPrefix(err.Error(), want), "want %s\n got %s", want, err)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "SECRET")
		})
	}
}

func TestOptionalSectionCanBeDisabled(t *testing.T) {
	cfg := config{Section: configoptional.Default(section{Every: time.Minute}), Queue: configoptional.Some(exporterhelper.NewDefaultQueueConfig())}
	require.NoError(t, Unmarshal(confmap.NewFromStringMap(parse(t, "{section: {enabled: true}, queue: {enabled: false}}")), &cfg))
	assert.Equal(t, time.Minute, cfg.Section.Get().Every)
	assert.False(t, cfg.Queue.HasValue())
}

func TestAllErrorsAreFoundAtOnce(t *testing.T) {
	var cfg config
	err := Unmarshal(confmap.NewFromStringMap(parse(t, "{wait: 5, number: 2, networks: [a, 10.0.0.0/8, b], section: {deep: {count: x}}}")), &cfg)
	assert.EqualError(t, err, `networks[0]: "a" is not a CIDR such as 10.0.0.0/8; networks[2]: "b" is not a CIDR such as 10.0.0.0/8; `+
		`section::deep::count: "x" is not a number; wait: 5 needs a unit, as in 5s or 10m`)
	assert.EqualError(t, Join(nil, err, errors.New("more")), err.Error()+"; more")
	assert.NoError(t, Join(nil, nil))
}

func TestValuesAreDecodedOverTheDefaults(t *testing.T) {
	cfg := config{Word: "default", Number: 7, Section: configoptional.Default(section{Every: time.Minute})}
	cfg.WriteTimeout = time.Second
	require.NoError(t, Unmarshal(confmap.NewFromStringMap(parse(t, `
inner: 3
endpoint: localhost:1
read_timeout: 5s
networks: 10.0.0.0/8
server: 10.0.0.1
start: 2026-04-01
wait: 0
words: a,b
key: SECRET
switch: true
number:
small: 255
numbers: [1, 2.0]
share: 1
storage: file_storage/x
entries:
  - {accounts: 123456789012, name: 2027-06-30, codes: 12}
  - {accounts: [a, true, 2027-06-30T12:00:00Z, 1.5], name: 7, codes: [ab, cd]}
by_name: {x: {name: y}, z: }
section: {deep: {count: 2}}
`)), &cfg))
	assert.Equal(t, 3, cfg.Inner)
	assert.Equal(t, "localhost:1", cfg.NetAddr.Endpoint)
	assert.Equal(t, 5*time.Second, cfg.ReadTimeout)
	assert.Equal(t, time.Second, cfg.WriteTimeout)
	assert.Equal(t, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, cfg.Networks)
	assert.Equal(t, netip.MustParseAddr("10.0.0.1"), cfg.Server)
	assert.Equal(t, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), cfg.Start)
	assert.Zero(t, cfg.Wait)
	assert.Equal(t, "default", cfg.Word)
	assert.Equal(t, []string{"a", "b"}, cfg.Words)
	assert.Equal(t, configopaque.String("SECRET"), cfg.Key)
	assert.True(t, cfg.Switch)
	assert.EqualValues(t, 255, cfg.Small)
	assert.Equal(t, []int{1, 2}, cfg.Numbers)
	assert.InDelta(t, 1, cfg.Share, 0)
	assert.Equal(t, "file_storage/x", cfg.Storage.String())
	assert.Equal(t, []entry{
		{Accounts: []string{"123456789012"}, Name: "2027-06-30", Codes: []code{"12"}},
		{Accounts: []string{"a", "true", "2027-06-30T12:00:00Z", "1.5"}, Name: "7", Codes: []code{"ab", "cd"}},
	}, cfg.Entries)
	assert.Equal(t, map[string]entry{"x": {Name: "y"}, "z": {}}, cfg.ByName)
	require.True(t, cfg.Section.HasValue())
	assert.Equal(t, time.Minute, cfg.Section.Get().Every)
	assert.Equal(t, 2, cfg.Section.Get().Deep.Count)
	assert.False(t, cfg.Queue.HasValue())
}

func TestNothingGivenChangesNothing(t *testing.T) {
	cfg := config{Word: "default", Numbers: []int{1}}
	require.NoError(t, Unmarshal(confmap.New(), &cfg))
	require.NoError(t, Decode("key", nil, &cfg))
	require.NoError(t, Decode("key", map[string]any(nil), &cfg))
	assert.Equal(t, config{Word: "default", Numbers: []int{1}}, cfg)
}

func TestTextFromTheEnvironmentIsUnchanged(t *testing.T) {
	var cfg config
	number := xconfmap.ExpandedValue{Value: 42, Original: "0052"}
	require.NoError(t, Unmarshal(confmap.NewFromStringMap(map[string]any{
		"word": number, "key": number, "number": number, "networks": xconfmap.ExpandedValue{Value: []any{"10.0.0.0/8"}, Original: "[10.0.0.0/8]"},
		"entries": []any{map[string]any{"name": number, "codes": xconfmap.ExpandedValue{Value: 42, Original: "42"}}},
	}), &cfg))
	assert.Equal(t, "0052", cfg.Word)
	assert.Equal(t, configopaque.String("0052"), cfg.Key)
	assert.Equal(t, 42, cfg.Number)
	assert.Len(t, cfg.Networks, 1)
	assert.Equal(t, entry{Name: "0052", Codes: []code{"42"}}, cfg.Entries[0])
}

func TestAPartOfAConfigurationCanBeDecoded(t *testing.T) {
	part := section{Every: time.Minute}
	require.NoError(t, Decode("rules::x", map[string]any{"deep": map[string]any{"count": 2}}, &part))
	assert.Equal(t, time.Minute, part.Every)
	assert.Equal(t, 2, part.Deep.Count)
	assert.EqualError(t, Decode("rules::x", "off", &part), `rules::x: "off" is not a map of settings`)

	assert.EqualError(t, Decode("rules::x", map[string]any{"deep": nil}, &part, "every"),
		`rules::x::deep: there is no such setting; the settings are every`)
	require.NoError(t, Decode("rules::x", map[string]any{"every": "5s"}, &part, "every"))
	assert.Equal(t, 5*time.Second, part.Every)

	var entries []entry
	require.NoError(t, Decode("/etc/ignore.yaml", []any{map[string]any{"name": 7}}, &entries))
	assert.Equal(t, []entry{{Name: "7"}}, entries)
	assert.EqualError(t, Decode("/etc/ignore.yaml", []any{map[string]any{"nme": 7}}, &entries),
		`/etc/ignore.yaml[0]::nme: there is no such setting; the settings are accounts, codes, name`)
}

func TestDecodeDoesNotChangeItsInput(t *testing.T) {
	given := map[string]any{"accounts": 1, "codes": "ab"}
	var e entry
	require.NoError(t, Decode("x", given, &e))
	assert.Equal(t, map[string]any{"accounts": 1, "codes": "ab"}, given)
}
