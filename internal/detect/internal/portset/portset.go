// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// ports is a set of port numbers, a bit each.
type ports [1 << 16 / 64]uint64

func newPorts(numbers []int) *ports {
	set := new(ports)
	for _, n := range numbers {
		set[n/64] |= 1 << (n % 64)
	}
	return set
}

func (p *ports) has(n uint16) bool { return p[n/64]&(1<<(n%64)) != 0 }

// newServices returns the ports on which servers listen: those given and all below 1024 but 0.
func newServices(numbers []int) *ports {
	set := newPorts(numbers)
	for n := range 1024 {
		set[n/64] |= 1 << (n % 64)
	}
	set[0] &^= 1
	return set
}

// defaultServices are the ports above 1023 on which servers commonly listen.
var defaultServices = []int{
	1433, 1521, 2049, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4369, 5000, 5432, 5439, 5601, 5671, 5672, 5900,
	5901, 5985, 5986, 6379, 6380, 6443, 7000, 7001, 7474, 7687, 8000, 8008, 8080, 8081, 8086, 8088, 8089, 8123, 8140,
	8200, 8300, 8301, 8400, 8443, 8500, 8501, 8600, 8765, 8834, 8883, 8888, 9000, 9042, 9090, 9091, 9092, 9093, 9094,
	9100, 9160, 9200, 9300, 9418, 9443, 9999, 10000, 10050, 10051, 10250, 10255, 11211, 15672, 26257, 27017, 27018,
	27019, 50070,
}
