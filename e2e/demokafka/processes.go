// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"
)

// demo is the running processes.
type demo struct {
	settings
	input     string
	broker    string
	client    *kgo.Client // reads the alerts
	processes []*program  // in the order of their start
	detectors map[string]*program

	alerts []alertLine
}

// program is a program that was started.
type program struct {
	*os.Process
	ended chan struct{} // closed when it has ended
}

func (p *program) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// start starts a program. It gets no signal of the terminal, so that Ctrl-C ends all of them in their order.
func (d *demo) start(env []string, name string, arguments ...string) (*program, error) {
	p := exec.Command(name, arguments...) //nolint:gosec,noctx // programs of this repository, which stop ends
	p.Env = append(os.Environ(), env...)
	p.Stderr = os.Stderr
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.Start(); err != nil {
		return nil, err
	}
	started := &program{p.Process, make(chan struct{})}
	go func() {
		_ = p.Wait() // The caller only needs to know that it has ended.
		close(started.ended)
	}()
	d.processes = append(d.processes, started)
	return started, nil
}

// stop ends all programs, Kafka last.
func (d *demo) stop() {
	if d.client != nil {
		d.client.Close()
	}
	for _, p := range slices.Backward(d.processes) {
		_ = p.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
		case <-time.After(10 * time.Second):
			_ = p.Kill()
			<-p.ended
		}
	}
}

// startKafka starts a broker and creates the topics.
func (d *demo) startKafka(ctx context.Context) error {
	port, controller, err := freePorts(ctx)
	if err != nil {
		return err
	}
	d.broker = "127.0.0.1:" + port
	log.Printf("Starting Apache Kafka at %s.", d.broker)
	folder, err := filepath.Abs(filepath.Join(d.folder, "kafka"))
	if err != nil {
		return err
	}
	broker, err := d.start(nil, "tools/kafka/broker.sh", port, controller, folder)
	if err != nil {
		return err
	}
	admin, err := kgo.NewClient(kgo.SeedBrokers(d.broker))
	if err != nil {
		return err
	}
	defer admin.Close()
	if err = poll(ctx, func() bool { return broker.hasEnded() || admin.Ping(ctx) == nil }); err == nil && broker.hasEnded() {
		err = errors.New("the broker has ended; its output is above")
	}
	if err != nil {
		return fmt.Errorf("start Kafka: %w", err)
	}
	create := exec.CommandContext(ctx, "deploy/kafka/topics.sh")
	create.Env = append(os.Environ(), "KAFKA_BROKER="+d.broker, "REPLICAS=1",
		"KAFKA_TOPICS=java -cp _build/kafka/lib/* org.apache.kafka.tools.TopicCommand")
	if output, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("create topics: %w: %s", err, output)
	}
	d.client, err = kgo.NewClient(kgo.SeedBrokers(d.broker), kgo.ConsumeTopics("vpc-flow-alerts"))
	return err
}

func freePorts(ctx context.Context) (one, other string, err error) {
	first, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer first.Close()
	second, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer second.Close()
	port := func(l net.Listener) string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }
	return port(first), port(second), nil
}

const quiet = "yaml:service: {telemetry: {logs: {level: error}, metrics: {level: none}}}"

// startCollectors starts the dashboard, the detectors and the reader.
func (d *demo) startCollectors() error {
	env := []string{"KAFKA_BROKER=" + d.broker, "READER=reader"}
	port := os.Getenv("DASHBOARD_PORT")
	if port == "" {
		port = "8765"
	}
	log.Printf("Starting the dashboard at http://localhost:%s/", port) //nolint:gosec // the port of the person who runs it
	if _, err := d.start(env, d.collector, "--config", "config/page.yaml", "--config", "yaml:service::telemetry::logs::level: error"); err != nil {
		return err
	}
	log.Printf("Starting %d detectors and one reader.", detectors)
	rules, err := demoRules()
	if err != nil {
		return err
	}
	d.detectors = map[string]*program{}
	for n := range detectors {
		id := fmt.Sprint("detector-", n)
		p, err := d.start(append(env, "DETECTOR="+id), d.collector, "--config", "config/detector.yaml", "--config", quiet, "--config", `yaml:
receivers: {vpc_flow: {kafka: {client_id: `+id+`, session_timeout: 6s, heartbeat_interval: 1s}}}`, "--config", "yaml:"+rules)
		if err != nil {
			return err
		}
		d.detectors[id] = p
	}
	reader, err := os.ReadFile("config/reader.yaml")
	if err != nil {
		return err
	}
	files := "files: {include: ['" + d.input + "/**/*.log.gz'], start_at: beginning, poll_interval: 200ms}"
	config := strings.Replace(string(reader), `s3: {sqs_queue_url: "${env:SQS_QUEUE_URL}"}`, files, 1)
	_, err = d.start(env, d.collector, "--config", "yaml:"+config, "--config", quiet)
	return err
}

// demoRules returns the settings of vpc_detection in make demo.
func demoRules() (string, error) {
	text, err := os.ReadFile("config/demo.yaml")
	if err != nil {
		return "", err
	}
	var config struct{ Processors map[string]any }
	if err := yaml.Unmarshal(text, &config); err != nil {
		return "", err
	}
	rules, err := yaml.Marshal(map[string]any{"processors": config.Processors})
	return string(rules), err
}

// killWorker kills the detector that reads the partition with the most messages.
func (d *demo) killWorker(ctx context.Context) error {
	admin := kadm.NewClient(d.client)
	ends, err := admin.ListEndOffsets(ctx, "vpc-flow-logs")
	if err != nil {
		return err
	}
	busiest, most := int32(0), int64(0)
	ends.Each(func(end kadm.ListedOffset) {
		if end.Offset > most {
			busiest, most = end.Partition, end.Offset
		}
	})
	groups, err := admin.DescribeGroups(ctx, "vpc-flow-detectors")
	if err != nil {
		return err
	}
	for _, member := range groups["vpc-flow-detectors"].Members {
		if assigned, ok := member.Assigned.AsConsumer(); ok {
			for _, topic := range assigned.Topics {
				for _, partition := range topic.Partitions {
					if p := d.detectors[member.ClientID]; partition == busiest && p != nil {
						return p.Kill()
					}
				}
			}
		}
	}
	return errors.New("no detector reads the busiest partition")
}

// poll waits until a condition holds.
func poll(ctx context.Context, holds func() bool) error {
	for !holds() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}
