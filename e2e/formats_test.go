// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// formatWriters write the values of flow logs in other formats. The first row has the names.
var formatWriters = map[string]func(t *testing.T, rows [][]string) string{
	"json": func(t *testing.T, rows [][]string) string {
		t.Helper()
		var text strings.Builder
		for _, row := range rows[1:] {
			object := map[string]string{"enriched_by": "a lambda"}
			for i, name := range rows[0] {
				object[strings.ReplaceAll(name, "-", "_")] = row[i]
			}
			encoded, err := json.Marshal(object)
			require.NoError(t, err)
			text.Write(append(encoded, '\n'))
		}
		return text.String()
	},
	"ocsf-1.1.json": func(t *testing.T, rows [][]string) string {
		t.Helper()
		_, v11 := ocsfEvents(rows)
		return jsonLines(t, v11)
	},
	"ocsf-1.0.parquet": func(t *testing.T, rows [][]string) string {
		t.Helper()
		v10, _ := ocsfEvents(rows)
		return parquetFile(t, v10)
	},
	"ocsf-1.1.parquet": func(t *testing.T, rows [][]string) string {
		t.Helper()
		_, v11 := ocsfEvents(rows)
		return parquetFile(t, v11)
	},
	"aws.parquet": awsParquet,
	"csv": func(_ *testing.T, rows [][]string) string {
		var text strings.Builder
		for _, row := range rows {
			text.WriteString(`"` + strings.Join(row, `","`) + "\"\n")
		}
		return text.String()
	},
}

// awsParquet writes Parquet as AWS delivers it: an optional column for each field, with _ in place of -, and numbers as INT32 or
// INT64. An absent value is null.
func awsParquet(t *testing.T, rows [][]string) string {
	t.Helper()
	sizes := map[string]int{
		"version": 32, "srcport": 32, "dstport": 32, "protocol": 32, "tcp_flags": 32, "traffic_path": 32,
		"packets": 64, "bytes": 64, "start": 64, "end": 64,
	}
	columns, group := map[string]int{}, parquet.Group{}
	for i, name := range rows[0] {
		name = strings.ReplaceAll(name, "-", "_")
		columns[name], group[name] = i, parquet.Optional(parquet.String())
		if size := sizes[name]; size != 0 {
			group[name] = parquet.Optional(parquet.Int(size))
		}
	}
	schema := parquet.NewSchema("flow_log", group)
	var file bytes.Buffer
	writer := parquet.NewGenericWriter[any](&file, schema)
	for _, row := range rows[1:] {
		var values parquet.Row
		for n, path := range schema.Columns() {
			text := row[columns[path[0]]]
			if text == "-" {
				values = append(values, parquet.NullValue().Level(0, 0, n))
				continue
			}
			value := parquet.ByteArrayValue([]byte(text))
			if size := sizes[path[0]]; size != 0 {
				number, err := strconv.ParseInt(text, 10, size)
				require.NoError(t, err)
				if value = parquet.Int64Value(number); size == 32 {
					value = parquet.Int32Value(int32(number))
				}
			}
			values = append(values, value.Level(0, 1, n))
		}
		_, err := writer.WriteRows([]parquet.Row{values})
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return file.String()
}

// The same flows give the same alerts in each format.
func TestDemoInOtherFormats(t *testing.T) {
	t.Chdir("..")
	want := expected(t)
	for name, write := range formatWriters {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			require.NoError(t, filepath.WalkDir("testdata/demo/AWSLogs", func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				target := filepath.Join(root, strings.TrimPrefix(path, "testdata/demo"))
				require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o700))
				text := []byte(write(t, rowsOf(t, path)))
				if !strings.HasSuffix(name, "parquet") {
					text = gzipped(t, string(text))
				}
				return os.WriteFile(target, text, 0o600)
			}))
			config := demoConfig(t)
			files := config["receivers"].(map[string]any)["vpc_flow"].(map[string]any)["files"].(map[string]any)
			for i, glob := range files["include"].([]any) {
				files["include"].([]any)[i] = filepath.Join(root, strings.TrimPrefix(glob.(string), "testdata/demo"))
			}
			s := newSink()
			startCollector(t, config, s)
			deadline := time.After(10 * time.Minute)
			for len(s.all()) < len(want) {
				select {
				case <-s.arrived:
				case <-deadline:
					require.FailNow(t, "alerts are missing", "got %d of %d", len(s.all()), len(want))
				}
			}
			require.Equal(t, want, settle(t, s))
		})
	}
}

// ocsfEvents converts rows to the events of Amazon Security Lake.
func ocsfEvents(rows [][]string) (v10 []flowtest.OCSF10, v11 []flowtest.OCSF11) {
	for _, row := range rows[1:] {
		values := map[string]string{}
		for i, name := range rows[0] {
			values[name] = row[i]
		}
		a, b := flowtest.ToOCSF(values)
		v10, v11 = append(v10, a), append(v11, b)
	}
	return v10, v11
}

func jsonLines[T any](t *testing.T, events []T) string {
	t.Helper()
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	for _, event := range events {
		require.NoError(t, encoder.Encode(event))
	}
	return text.String()
}

func parquetFile[T any](t *testing.T, rows []T) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, parquet.Write(&out, rows, parquet.Compression(&parquet.Zstd)))
	return out.String()
}

// rowsOf returns the values of the lines of a file.
func rowsOf(t *testing.T, path string) (rows [][]string) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	text, err := gzip.NewReader(file)
	require.NoError(t, err)
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		rows = append(rows, strings.Fields(lines.Text()))
	}
	require.NoError(t, lines.Err())
	return rows
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var packed strings.Builder
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return []byte(packed.String())
}
