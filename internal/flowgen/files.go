// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// FileOptions says how [Write] lays a log out in files.
type FileOptions struct {
	// Dir gets the folder AWSLogs and, beside it, labels.yaml and threats.txt.
	Dir string
	// Versions are the format versions, and with them the accounts, to write.
	Versions []int
	// Period is the time one file covers. AWS writes one in five minutes.
	Period time.Duration
	// Single writes one file for each account, whatever the period.
	Single bool
}

// Validate names the first option that cannot be followed.
func (f FileOptions) Validate() error {
	if f.Dir == "" {
		return errors.New("out: must name a folder")
	}
	if len(f.Versions) == 0 {
		return errors.New("version: at least one is needed")
	}
	if f.Period < time.Minute || f.Period > day || day%f.Period != 0 || f.Period%time.Minute != 0 {
		return fmt.Errorf("period %s: must be a part of a day in whole minutes, such as 5m, 1h or 6h", f.Period)
	}
	return nil
}

// Summary is what [Write] has written of one account.
type Summary struct {
	Account string
	Version int
	Files   int
	Records int
	Bytes   int64 // compressed
}

// Write makes the logs and writes them, their labels and the threat list below
// f.Dir, as AWS delivers flow logs to a bucket.
func Write(o Options, f FileOptions) ([]Summary, error) {
	if err := errors.Join(o.Validate(), f.Validate()); err != nil {
		return nil, err
	}
	folder := filepath.Join(f.Dir, "AWSLogs")
	switch _, err := os.Stat(folder); {
	case err == nil:
		return nil, fmt.Errorf("out %s: there are flow logs already; remove %s or choose another folder", f.Dir, folder)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("out: %w", err)
	}
	logs, err := newLogs(o, f.Versions)
	if err != nil {
		return nil, err
	}
	out := make([]Summary, len(logs))
	for i, l := range logs {
		if out[i], err = l.write(f); err != nil {
			return nil, err
		}
	}
	return out, writeSideFiles(o, f)
}

// newLogs makes the logs of all versions, so that nothing is written when one cannot be.
func newLogs(o Options, versions []int) ([]*Log, error) {
	logs := make([]*Log, len(versions))
	for i, version := range versions {
		if slices.Contains(versions[:i], version) {
			return nil, fmt.Errorf("version %d: named twice", version)
		}
		l, err := NewLog(version, o)
		if err != nil {
			return nil, err
		}
		if least := l.leastRecords(); o.Records > 0 && o.Records < 2*least {
			return nil, fmt.Errorf("records %d: too few for these days and attacks, which need %d; ask for more, or for no attacks and fewer days",
				o.Records, 2*least)
		}
		logs[i] = l
	}
	return logs, nil
}

func writeSideFiles(o Options, f FileOptions) error {
	labels, err := LabelsOf(o, f.Versions...)
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(filepath.Join(f.Dir, "threats.txt"), strings.NewReader(Threats)),
		writeFile(filepath.Join(f.Dir, "labels.yaml"), labels),
	)
}

func writeFile(path string, from io.WriterTo) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = from.WriteTo(file)
	return errors.Join(err, file.Close())
}

// write cuts the log into files by the arrival of its records.
func (l *Log) write(f FileOptions) (Summary, error) {
	sum := Summary{Account: l.Account, Version: l.Version}
	period := int64(f.Period.Seconds())
	hashes := rand.New(rand.NewPCG(l.opts.Seed, identity(l.FlowLog)))
	var out *logFile
	var opened int64
	var line []byte
	for r := range l.Records() {
		if since := r.arrival - r.arrival%period; out == nil || since != opened && !f.Single {
			if err := out.close(&sum); err != nil {
				return sum, err
			}
			var err error
			if out, err = createLogFile(l.path(f.Dir, since, hashes.Uint32())); err != nil {
				return sum, err
			}
			opened = since
			out.line([]byte(l.Header()))
			sum.Files++
		}
		line = l.AppendLine(line[:0], r)
		out.line(line)
		sum.Records++
	}
	err := out.close(&sum)
	return sum, err
}

// path is the object key AWS would choose.
func (l *Log) path(dir string, opened int64, hash uint32) string {
	t := time.Unix(opened, 0).UTC()
	name := fmt.Sprintf("%s_vpcflowlogs_%s_%s_%s_%08x.log.gz",
		l.Account, l.Region, l.FlowLog, t.Format("20060102T1504Z"), hash)
	return filepath.Join(dir, "AWSLogs", l.Account, "vpcflowlogs", l.Region, t.Format("2006/01/02"), name)
}

// logFile is one gzip file. What goes wrong while writing shows when it is
// closed: bufio and gzip keep their first error.
type logFile struct {
	file *os.File
	zip  *gzip.Writer
	buf  *bufio.Writer
}

func createLogFile(path string) (*logFile, error) {
	//nolint:gosec // 0755: a collector that runs as another user must be able to read samples
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &logFile{file: file, zip: zip, buf: bufio.NewWriter(zip)}, nil
}

func (f *logFile) line(text []byte) {
	_, _ = f.buf.Write(text)
	_ = f.buf.WriteByte('\n')
}

// close finishes the file and adds its size to the sum.
func (f *logFile) close(sum *Summary) error {
	if f == nil {
		return nil
	}
	err := errors.Join(f.buf.Flush(), f.zip.Close())
	if info, statErr := f.file.Stat(); statErr == nil {
		sum.Bytes += info.Size()
	}
	return errors.Join(err, f.file.Close())
}
