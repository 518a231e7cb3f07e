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

// parse reads the text of a field, which is not `-`. It gives the number of those kinds that have one.
func (f *field) parse(text string) (int64, Reason) {
	switch f.kind {
	case number, digits, protocol:
		return parseNumber(text, f.greatest)
	case startTime, endTime:
		return parseNumber(text, maxTime)
	case word:
		for i, w := range f.words {
			if w.text == text {
				return int64(i), ""
			}
		}
		return 0, BadValue
	}
	return 0, ""
}

// maxDigits is how many digits any int64 has at least; a number with more of them is read the careful way.
const maxDigits = 18

// parseNumber takes digits only: no sign, no blank, no point.
func parseNumber(text string, greatest int64) (int64, Reason) {
	n := int64(0)
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, NotANumber
		}
		n = n*10 + int64(digit)
	}
	if uint(len(text)-1) < maxDigits && n <= greatest {
		return n, ""
	}
	return parseLong(text, greatest)
}

// parseLong reads what is empty, too great, or has too many digits for parseNumber to tell.
func parseLong(digits string, greatest int64) (int64, Reason) {
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case digits == "":
		return 0, NotANumber
	case err != nil || n > greatest:
		return 0, BadValue
	}
	return n, ""
}

// parseAddress gives IPv4-mapped addresses as IPv4. An address with a zone is none that AWS writes.
func parseAddress(text string) (netip.Addr, Reason) {
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
