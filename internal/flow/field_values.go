// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/netip"
	"strconv"
	"strings"
)

// kind says how the text of a field is read and what becomes of it.
type kind uint8

const (
	// text is kept as it stands.
	text kind = iota
	// lowered is text in lower case.
	lowered
	// tag is percent-encoded text.
	tag
	// account and region are text that belongs to the resource.
	account
	region
	// number is a number from zero to the field's greatest.
	number
	// digits is a number that is kept as text.
	digits
	// protocol is a number that also has a name.
	protocol
	// startTime and endTime are Unix times in seconds, or in milliseconds where they are too great for that.
	startTime
	endTime
	// word is one of the field's words.
	word
	// address is an IP address.
	address
)

// maxSeconds is the greatest time that is taken for seconds; what is greater counts milliseconds.
const maxSeconds = 1 << 33

// maxTime is the greatest time that is taken, maxSeconds in milliseconds: in the year 2242.
const maxTime = maxSeconds * 1000

// take cuts the next field off a line and reads it, in one go where it is a number. n is the number of those kinds that
// have one, or the place of a word among the field's. A value of `-` is none, and no fault.
func (f *field) take(line string) (value, rest string, n int64, reason Reason) {
	switch f.kind {
	case number, digits, protocol, startTime, endTime:
		var end int
		if n, end = leadingDigits(line); end > 0 && end <= maxDigits && (end == len(line) || isBlank(line[end])) {
			value, rest = line[:end], skipBlanks(line[end:])
			if n > f.greatest {
				reason = BadValue
			}
			return value, rest, n, reason
		}
		value, rest = cut(line)
		n, reason = parseNumber(value, f.greatest)
	case word:
		value, rest = cut(line)
		n, reason = f.parseWord(value)
	default:
		value, rest = cut(line)
	}
	return value, rest, n, reason
}

// parse reads a value that has been cut already, and gives what take gives of it.
func (f *field) parse(value string) (n int64, reason Reason) {
	switch f.kind {
	case number, digits, protocol, startTime, endTime:
		return parseNumber(value, f.greatest)
	case word:
		return f.parseWord(value)
	}
	return 0, ""
}

// maxDigits is how many digits any int64 has room for; a number with more of them is read the careful way.
const maxDigits = 18

// leadingDigits reads the number that text begins with, and says where it ends.
func leadingDigits(text string) (n int64, end int) {
	for end < len(text) {
		digit := text[end] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + int64(digit)
		end++
	}
	return n, end
}

// parseNumber takes digits only: no sign, no blank, no point.
func parseNumber(text string, greatest int64) (int64, Reason) {
	n, end := leadingDigits(text)
	if end == 0 || end < len(text) {
		return 0, NotANumber
	}
	if end > maxDigits {
		var err error
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, BadValue
		}
	}
	if n > greatest {
		return 0, BadValue
	}
	return n, ""
}

// parseWord finds a word among those of the field.
func (f *field) parseWord(text string) (int64, Reason) {
	for i := range f.words {
		if f.words[i].text == text {
			return int64(i), ""
		}
	}
	return 0, BadValue
}

// parseAddress gives IPv4-mapped addresses as IPv4. An address with a zone is none that AWS writes.
func parseAddress(text string) (netip.Addr, Reason) {
	if addr, ok := parseIPv4(text); ok {
		return addr, ""
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, BadAddress
	}
	return addr.Unmap(), ""
}

// seconds rounds a time that counts milliseconds down to seconds.
func seconds(time int64) int64 {
	if time > maxSeconds {
		return time / 1000
	}
	return time
}

// nanoseconds keeps the milliseconds of a time that has them.
func nanoseconds(time int64) int64 {
	if time > maxSeconds {
		return time * 1e6
	}
	return time * 1e9
}

// lower saves the usual values of the field `type` an allocation.
func lower(text string) string {
	switch text {
	case "IPv4":
		return "ipv4"
	case "IPv6":
		return "ipv6"
	case "EFA":
		return "efa"
	}
	return strings.ToLower(text)
}

// parseIPv4 reads the usual form of an address faster than netip does, which first finds out which form it has. What it
// does not take may still be an address.
func parseIPv4(text string) (addr netip.Addr, ok bool) {
	var all, octet uint32
	dots, start := 0, 0
	for i := range len(text) {
		if digit := uint32(text[i] - '0'); digit <= 9 && i-start < 3 {
			octet = octet*10 + digit
			continue
		}
		if text[i] != '.' || !isOctet(text[start:i], octet) {
			return netip.Addr{}, false
		}
		all = all<<8 | octet
		dots, start, octet = dots+1, i+1, 0
	}
	if dots != 3 || !isOctet(text[start:], octet) {
		return netip.Addr{}, false
	}
	all = all<<8 | octet
	return netip.AddrFrom4([4]byte{byte(all >> 24), byte(all >> 16), byte(all >> 8), byte(all)}), true
}

// isOctet takes no leading zeros, as netip does not: some programs read such numbers as octal.
func isOctet(digits string, n uint32) bool {
	return n <= 255 && digits != "" && (digits[0] != '0' || len(digits) == 1)
}
