package schema

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
)

var (
	errInteger = errors.New("not an integer")
	errOID     = errors.New("not an OID or a name")
	errTime    = errors.New("not a time")
	errUUID    = errors.New("not a UUID")
	errCSN     = errors.New("not a change sequence number")
	errBoolean = errors.New("neither TRUE nor FALSE")
)

// splitInteger checks the text of an integer and drops leading zeros; zero is
// not negative and has the digit "0".
func splitInteger(v []byte) (negative bool, digits []byte, err error) {
	d := bytes.TrimSpace(v)
	if len(d) > 0 && (d[0] == '-' || d[0] == '+') {
		negative = d[0] == '-'
		d = d[1:]
	}
	if len(d) == 0 {
		return false, nil, errInteger
	}
	for _, c := range d {
		if !isDigit(c) {
			return false, nil, errInteger
		}
	}
	for len(d) > 1 && d[0] == '0' {
		d = d[1:]
	}
	if len(d) > maxDigits {
		return false, nil, errInteger
	}
	return negative && d[0] != '0', d, nil
}

const maxDigits = 0xffff

// integerKey gives keys that sort as the numbers do: an octet for sign and
// number of digits (two more where there are many), then the digits; of a
// negative number everything is complemented.
func integerKey(v []byte) ([]byte, error) {
	negative, d, err := splitInteger(v)
	if err != nil {
		return nil, err
	}
	k := make([]byte, 0, len(d)+3)
	if len(d) < 0x7f {
		k = append(k, 0x80+byte(len(d)))
	} else {
		k = append(k, 0xff, byte(len(d)>>8), byte(len(d)))
	}
	k = append(k, d...)
	if negative {
		for i := range k {
			k[i] = ^k[i]
		}
	}
	return k, nil
}

func integerText(v []byte) ([]byte, error) {
	negative, d, err := splitInteger(v)
	if err != nil || !negative {
		return d, err
	}
	return append([]byte{'-'}, d...), nil
}

// parseInt64 reads an integer for the bit rules. Unsigned values up to 64 bits
// pass, for their bits.
func parseInt64(v []byte) (int64, error) {
	t := strings.TrimSpace(string(v))
	n, err := strconv.ParseInt(t, 10, 64)
	if err == nil {
		return n, nil
	}
	u, err := strconv.ParseUint(t, 10, 64)
	if err != nil {
		return 0, errInteger
	}
	return int64(u), nil
}

func booleanKey(v []byte) ([]byte, error) {
	switch t := strings.ToUpper(strings.TrimSpace(string(v))); t {
	case "TRUE", "FALSE":
		return []byte(t), nil
	}
	return nil, errBoolean
}

func bitStringKey(v []byte) ([]byte, error) {
	if err := validBitString(v); err != nil {
		return nil, err
	}
	return v, nil
}

// uuidKey is the 16 octets of the UUID.
func uuidKey(v []byte) ([]byte, error) {
	if len(v) != 36 || v[8] != '-' || v[13] != '-' || v[18] != '-' || v[23] != '-' {
		return nil, errUUID
	}
	var h [32]byte
	n := 0
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		h[n] = c
		n++
	}
	k := make([]byte, 16)
	if _, err := hex.Decode(k, h[:]); err != nil {
		return nil, errUUID
	}
	return k, nil
}

func uuidText(v []byte) ([]byte, error) {
	if _, err := uuidKey(v); err != nil {
		return nil, err
	}
	return bytes.ToLower(v), nil
}

// csnKey checks "YYYYmmddHHMMSS.uuuuuuZ#cccccc#sss#mmmmmm", or the form without
// microseconds and with a two-digit site that OpenLDAP 2.3 wrote, which is
// brought into the first. Such texts sort by age.
func csnKey(v []byte) ([]byte, error) {
	parts := strings.Split(string(v), "#")
	if len(parts) != 4 {
		return nil, errCSN
	}
	t := parts[0]
	if len(t) == 15 {
		t = t[:14] + ".000000Z"
	}
	if len(parts[2]) == 2 {
		parts[2] = "0" + parts[2]
	}
	if len(t) != 22 || t[14] != '.' || t[21] != 'Z' || len(parts[1]) != 6 || len(parts[2]) != 3 || len(parts[3]) != 6 {
		return nil, errCSN
	}
	if _, _, err := ParseTime([]byte(t)); err != nil {
		return nil, errCSN
	}
	for _, p := range parts[1:] {
		if !isHex(p) {
			return nil, errCSN
		}
	}
	return []byte(t + "#" + strings.ToLower(parts[1]) + "#" + strings.ToLower(parts[2]) + "#" + strings.ToLower(parts[3])), nil
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return s != ""
}

// csnSIDKey checks a site number, three hex digits.
func csnSIDKey(v []byte) ([]byte, error) {
	if len(v) != 3 || !isHex(string(v)) {
		return nil, errCSN
	}
	return bytes.ToLower(v), nil
}

// csnSIDOf is the site number of a CSN.
func csnSIDOf(v []byte) ([]byte, error) {
	k, err := csnKey(v)
	if err != nil {
		return nil, err
	}
	return k[30:33], nil
}
