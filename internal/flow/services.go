// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// ServiceName returns the service that commonly uses a port. It returns an empty text for other ports.
func ServiceName(port uint16) string { return services[port] }

// services has the names of well-known ports: the IANA name if it is still in use, or else the product name.
var services = map[uint16]string{
	7: "echo", 19: "chargen", 20: "FTP data", 21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 43: "whois", 53: "DNS", 67: "DHCP",
	68: "DHCP client", 69: "TFTP", 80: "HTTP", 88: "Kerberos", 110: "POP3", 111: "portmapper", 119: "NNTP", 123: "NTP",
	135: "Windows RPC", 137: "NetBIOS name", 138: "NetBIOS datagram", 139: "NetBIOS session", 143: "IMAP", 161: "SNMP",
	162: "SNMP trap", 179: "BGP", 389: "LDAP", 427: "SLP", 443: "HTTPS", 445: "SMB", 464: "Kerberos password", 465: "SMTPS",
	500: "IKE", 502: "Modbus", 512: "rexec", 513: "rlogin", 514: "syslog", 515: "LPD", 520: "RIP", 548: "AFP", 554: "RTSP",
	587: "mail submission", 593: "RPC over HTTP", 623: "IPMI", 631: "IPP", 636: "LDAPS", 853: "DNS over TLS", 873: "rsync",
	902: "VMware", 989: "FTPS data", 990: "FTPS", 993: "IMAPS", 995: "POP3S", 1080: "SOCKS", 1194: "OpenVPN", 1433: "SQL Server",
	1434: "SQL Server browser", 1521: "Oracle", 1701: "L2TP", 1723: "PPTP", 1883: "MQTT", 1900: "SSDP", 2049: "NFS",
	2181: "ZooKeeper", 2375: "Docker", 2376: "Docker TLS", 2379: "etcd", 2380: "etcd peer", 3000: "web application",
	3128: "HTTP proxy", 3260: "iSCSI", 3268: "global catalog", 3306: "MySQL", 3389: "Remote Desktop", 3478: "STUN",
	4317: "OTLP gRPC", 4318: "OTLP HTTP", 4369: "Erlang port mapper", 4500: "IPsec NAT-T", 5000: "web application", 5060: "SIP",
	5061: "SIPS", 5353: "mDNS", 5355: "LLMNR", 5432: "PostgreSQL", 5439: "Redshift", 5601: "Kibana", 5671: "AMQPS",
	5672: "AMQP", 5900: "VNC", 5938: "TeamViewer", 5985: "WinRM", 5986: "WinRM TLS", 6379: "Redis", 6443: "Kubernetes API",
	6667: "IRC", 7000: "Cassandra", 7474: "Neo4j", 8000: "HTTP", 8008: "HTTP", 8080: "HTTP", 8081: "HTTP", 8086: "InfluxDB",
	8088: "HTTP", 8123: "ClickHouse", 8125: "StatsD", 8200: "Vault", 8300: "Consul", 8301: "Consul", 8443: "HTTPS",
	8500: "Consul", 8883: "MQTT TLS", 8888: "HTTP", 9000: "HTTP", 9042: "Cassandra", 9090: "Prometheus", 9092: "Kafka",
	9093: "Alertmanager", 9094: "Alertmanager peer", 9100: "node exporter", 9200: "OpenSearch", 9300: "OpenSearch peer",
	9418: "Git", 10050: "Zabbix agent", 10051: "Zabbix", 10250: "kubelet", 11211: "memcached", 15672: "RabbitMQ",
	25565: "Minecraft", 27017: "MongoDB", 27018: "MongoDB", 50000: "SAP", 51820: "WireGuard",
}
